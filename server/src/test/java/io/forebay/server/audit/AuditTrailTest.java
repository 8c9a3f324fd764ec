package io.forebay.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What becomes of changes when the store works, fails, or is slow.
class AuditTrailTest {

  private static final AuditEntry ENTRY =
      AuditEntry.of(AuditedOperation.CACHE_PUT, "deploy", "127.0.0.1").inCache("sessions");
  private static final AuditEnd DONE = AuditEnd.answered(200, OptionalLong.of(1));

  private final TestingAuditStore store = new TestingAuditStore();

  private AuditTrail trail(OnFailure onFailure, Duration timeout, int maxPending) {
    return AuditTrail.in(
        () -> store,
        new AuditSettings(onFailure, timeout, maxPending, Duration.ofDays(1), 1000),
        TimeSource.SYSTEM);
  }

  private static Admission.OpenRow admitted(AuditTrail trail) {
    return switch (trail.begin(ENTRY)) {
      case Admission.Admitted(var row) -> row;
      case Admission.Refused(var why) -> throw new AssertionError(why);
    };
  }

  private List<AuditRow> rows() {
    return store.query(AuditQuery.newest(100)).rows();
  }

  @Test
  void underRefuseTheRowIsThereBeforeTheChange() {
    AuditTrail trail = trail(OnFailure.REFUSE, Duration.ofSeconds(10), 10);
    Admission.OpenRow row = admitted(trail);
    assertThat(rows())
        .singleElement()
        .satisfies(begun -> {
          assertThat(begun.entry()).isEqualTo(ENTRY);
          assertThat(begun.end().outcome()).isEqualTo(AuditOutcome.BEGUN);
        });
    row.finish(DONE);
    assertThat(rows()).singleElement().extracting(AuditRow::end).isEqualTo(DONE);
    trail.close(Duration.ofSeconds(10));
  }

  @Test
  void underGoOnTheRowIsThereBeforeTheAcknowledgement() {
    AuditTrail trail = trail(OnFailure.GO_ON, Duration.ofSeconds(10), 10);
    admitted(trail).finish(DONE);
    assertThat(rows()).singleElement().extracting(AuditRow::end).isEqualTo(DONE);
    trail.close(Duration.ofSeconds(10));
  }

  @Test
  void underRefuseABrokenStoreRefusesChangesUntilItWorksAgain() {
    AuditTrail trail = trail(OnFailure.REFUSE, Duration.ofSeconds(10), 10);
    store.broken = true;
    assertThat(trail.begin(ENTRY)).isInstanceOf(Admission.Refused.class);
    assertThat(trail.isFailing()).isTrue();
    assertThat(trail.begin(ENTRY)).isInstanceOf(Admission.Refused.class);
    store.broken = false;
    await().until(() -> !trail.isFailing());
    assertThat(trail.begin(ENTRY)).isInstanceOf(Admission.Admitted.class);
    assertThat(trail.figures().refused()).isEqualTo(2);
    assertThat(rows())
        .filteredOn(row -> row.entry().operation() == AuditedOperation.AUDIT_GAP)
        .singleElement()
        .satisfies(gap -> assertThat(gap.entry().reason()).get().asString().contains("refused: 2"));
    trail.close(Duration.ofSeconds(10));
  }

  @Test
  void underGoOnABrokenStoreRaisesAnAlarmAndTheGapIsInTheAuditAfterwards() {
    AuditTrail trail = trail(OnFailure.GO_ON, Duration.ofSeconds(10), 10);
    store.broken = true;
    for (int i = 0; i < 3; i++) {
      admitted(trail).finish(DONE);
    }
    assertThat(trail.isFailing()).isTrue();
    assertThat(trail.figures().lost()).isEqualTo(3);
    store.broken = false;
    await().until(() -> !trail.isFailing());
    assertThat(rows())
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.entry().operation()).isEqualTo(AuditedOperation.AUDIT_GAP);
          assertThat(gap.end().affected()).hasValue(3);
        });
    trail.close(Duration.ofSeconds(10));
  }

  @Test
  void aStoreThatCannotBeOpenedIsOpenedOnceItCan() {
    var attempts = new AtomicInteger();
    AuditTrail trail =
        AuditTrail.in(
            () -> {
              if (attempts.incrementAndGet() == 1) {
                throw new AuditStoreException("away", new java.sql.SQLException());
              }
              return store;
            },
            new AuditSettings(
                OnFailure.REFUSE, Duration.ofSeconds(10), 10, Duration.ofDays(1), 1000),
            TimeSource.SYSTEM);
    await().until(() -> trail.begin(ENTRY) instanceof Admission.Admitted);
    assertThat(attempts).hasValue(2);
    trail.close(Duration.ofSeconds(10));
  }

  @Test
  void aSlowStoreIsWaitedForNoLongerThanTheTimeout() {
    AuditTrail trail = trail(OnFailure.REFUSE, Duration.ofMillis(50), 10);
    store.mayWrite.drainPermits();
    assertThat(trail.begin(ENTRY)).isInstanceOf(Admission.Refused.class);
    store.mayWrite.release(100);
    // The row was on its way already: it says that nothing was done.
    await()
        .untilAsserted(() ->
            assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row.end().status()).hasValue(503)));
    trail.close(Duration.ofSeconds(10));
  }

  @Test
  void aFullQueueIsCountedAndPressesBack() {
    AuditTrail trail = trail(OnFailure.REFUSE, Duration.ofMillis(20), 2);
    store.mayWrite.drainPermits();
    for (int i = 0; i < 6; i++) {
      assertThat(trail.begin(ENTRY)).isInstanceOf(Admission.Refused.class);
    }
    assertThat(trail.figures().queueFull()).isPositive();
    assertThat(trail.figures().pending()).isLessThanOrEqualTo(2);
    store.mayWrite.release(100);
    trail.close(Duration.ofSeconds(10));
  }

  @Test
  void whatWaitsIsWrittenBeforeTheEnd() {
    AuditTrail trail = trail(OnFailure.GO_ON, Duration.ofSeconds(10), 10);
    store.mayWrite.drainPermits();
    for (int i = 0; i < 5; i++) {
      admitted(trail);
    }
    store.mayWrite.release(100);
    trail.close(Duration.ofSeconds(10));
    assertThat(rows()).hasSize(5);
    assertThat(trail.begin(ENTRY)).as("go_on").isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void whenItIsOffEverythingIsAdmittedAndNothingKept() throws AuditStoreException {
    AuditTrail trail = AuditTrail.off();
    admitted(trail).finish(DONE);
    assertThat(trail.isOn()).isFalse();
    assertThat(trail.query(AuditQuery.newest(10))).isEmpty();
  }
}
