package io.forebay.server.audit;

import io.forebay.cache.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Records who changed what. One call before a change, one after it:
///
/// ```
/// switch (trail.begin(entry)) {
///   case Admitted(var row) -> { … make the change …; row.finish(end); … acknowledge … }
///   case Refused(var why) -> … answer 503 …
/// }
/// ```
///
/// With `audit.on_failure` `refuse`, [#begin] returns when the row is durable: no change is made
/// without a trace, not even one that a crash interrupts. With `go_on` it waits for nothing. In
/// both, `finish` returns when the row and its outcome are durable, so that whatever was
/// acknowledged is found after a crash; if the store fails in between, the row keeps the outcome
/// `begun`.
///
/// Thread-safe; callers must be able to wait.
public final class AuditTrail {

  private static final String UNAVAILABLE =
      "The audit cannot be written, and audit.on_failure is refuse: nothing was changed.";

  private static final Admission.OpenRow UNRECORDED =
      new Admission.OpenRow() {
        @Override
        public void finish(AuditEnd end) {}

        @Override
        public void amend(AuditEnd end) {}
      };

  private final AuditSettings settings;
  private final Optional<AuditWriter> writer;

  private AuditTrail(AuditSettings settings, Optional<AuditWriter> writer) {
    this.settings = settings;
    this.writer = writer;
  }

  /// Records in that database, which is opened in the background.
  public static AuditTrail in(AuditDatabase database, AuditSettings settings, TimeSource time) {
    return in(() -> JdbcAuditStore.open(database, settings.timeout()), settings, time);
  }

  static AuditTrail in(AuditWriter.Opener opener, AuditSettings settings, TimeSource time) {
    var writer = new AuditWriter(opener, settings, time);
    writer.start();
    return new AuditTrail(settings, Optional.of(writer));
  }

  /// Records nothing and admits everything.
  public static AuditTrail off() {
    return new AuditTrail(
        new AuditSettings(OnFailure.GO_ON, Duration.ZERO, 1, Duration.ZERO, 1), Optional.empty());
  }

  public boolean isOn() {
    return writer.isPresent();
  }

  /// Asks whether a change may be made, and writes down that it begins.
  public Admission begin(AuditEntry entry) {
    if (writer.isEmpty()) {
      return new Admission.Admitted(UNRECORDED);
    }
    AuditWriter into = writer.get();
    AuditRow row = into.rowFor(entry);
    boolean noted =
        switch (settings.onFailure()) {
          case REFUSE -> into.write(row);
          // The row of its end holds all of it.
          case GO_ON -> into.submit(row);
        };
    if (!noted && settings.onFailure() == OnFailure.REFUSE) {
      into.countRefused();
      // Should the row become durable after all, it says so.
      var _ = into.submit(row.ending(AuditEnd.answered(503, OptionalLong.of(0))));
      return new Admission.Refused(UNAVAILABLE);
    }
    return new Admission.Admitted(new Recorded(into, row));
  }

  private record Recorded(AuditWriter into, AuditRow row) implements Admission.OpenRow {
    @Override
    public void finish(AuditEnd end) {
      if (!into.write(row.ending(end))) {
        into.countLost();
      }
    }

    @Override
    public void amend(AuditEnd end) {
      var _ = into.submit(row.ending(end));
    }
  }

  /// Looks rows up. Empty if the store is not open (yet).
  ///
  /// @throws AuditStoreException if it cannot be read
  public Optional<AuditQuery.Page> query(AuditQuery query) throws AuditStoreException {
    Optional<AuditStore> store = writer.flatMap(AuditWriter::store);
    return store.isEmpty() ? Optional.empty() : Optional.of(store.get().query(query));
  }

  /// Whether rows cannot be written at present; an alarm.
  public boolean isFailing() {
    return writer.map(AuditWriter::isFailing).orElse(false);
  }

  public AuditFigures figures() {
    return writer.map(AuditWriter::figures).orElse(new AuditFigures(0, false, 0, 0, 0, 0, 0, 0));
  }

  /// Writes what waits, and closes the store.
  public void close(Duration atMost) {
    writer.ifPresent(on -> on.stop(atMost));
  }
}
