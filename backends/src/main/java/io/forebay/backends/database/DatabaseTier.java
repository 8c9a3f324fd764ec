package io.forebay.backends.database;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.GuardedCalls;
import io.forebay.backends.calls.KeptOpen;
import io.forebay.cache.Precondition;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierObserver.Operation;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A SQL database as a tier. A slot is a row; its version is a number that the database gives, and
/// so is the ticket of a fill, in the same order: a fill is stored if its ticket is greater than
/// the version that is there, and its ticket becomes the slot's version. A removed value's row
/// stays for longer than a fill may take.
///
/// A change looks at its row and then changes it if the version is still the same, else it looks
/// again. So preconditions hold whoever asks, without a transaction that waits for a client.
public final class DatabaseTier implements Tier {

  private static final int REMOVED_TOGETHER = 256;
  private static final int MAX_CONTENT_BYTES = 64 << 20;

  /// Clocks that are set back so far, or less, do no harm.
  private static final Duration CLOCK_SLACK = Duration.ofSeconds(30);

  private final DatabaseSettings settings;
  private final Slots slots;
  private final KeptOpen<Database> link;
  private final GuardedCalls calls;
  private final Housekeeping housekeeping;

  private DatabaseTier(
      DatabaseSettings settings, TierObserver observer, KeptOpen.Opener<Database> opener) {
    this.settings = settings;
    long fence = settings.longestFill().plus(CLOCK_SLACK).toNanos() / 1_000;
    this.slots = new Slots(settings.namespace(), settings.survivesFailovers(), fence);
    this.link = new KeptOpen<>("forebay-database-link", opener);
    this.calls = new GuardedCalls("database", settings.deadline(), observer);
    this.housekeeping = new Housekeeping(link, slots, settings.maxBytes());
  }

  /// Begins to connect, and returns at once.
  public static DatabaseTier open(DatabaseSettings settings, TierObserver observer) {
    return new DatabaseTier(
        settings,
        observer,
        () ->
            switch (settings.url()) {
              case DatabaseUrl.Sqlite file -> SqliteDatabase.open(file, settings);
              case DatabaseUrl.PostgreSql server -> PostgresDatabase.open(server, settings);
            });
  }

  /// As [#open], with a file that cannot grow beyond so many pages of 4 KiB: a full disk.
  static DatabaseTier openBounded(
      DatabaseSettings settings, DatabaseUrl.Sqlite url, long maxPages) {
    return new DatabaseTier(
        settings,
        TierObserver.NONE,
        () -> SqliteDatabase.open(url.file().toAbsolutePath(), settings, maxPages));
  }

  /// Waits until the database can be used, no longer than `patience`.
  ///
  /// @return why it cannot; empty if it can
  public Optional<String> awaitConnection(Duration patience) throws InterruptedException {
    return link.awaitSession(patience)
        ? Optional.empty()
        : Optional.of(settings.url() + ": " + link.trouble());
  }

  public boolean isConnected() {
    return link.session().isPresent();
  }

  public boolean isBreakerOpen() {
    return calls.isBreakerOpen();
  }

  /// Times that the database was connected to.
  public long connectionsOpened() {
    return link.opened();
  }

  /// What the table holds, and what was taken out of it.
  public DatabaseFigures figures() {
    return housekeeping.figures();
  }

  /// Does what is else done every few seconds: deletes what nobody needs, and evicts what is too
  /// much.
  void keepHouse() {
    housekeeping.run();
  }

  /// Whether it cannot be used until somebody changes settings, here or there.
  public boolean isHopeless() {
    return link.isHopeless();
  }

  @Override
  public TierCondition condition() {
    DatabaseFigures now = figures();
    return new TierCondition(
        isConnected(),
        calls.breaker(),
        OptionalLong.of(now.bytes()),
        OptionalLong.of(now.values()),
        calls.underWay(),
        Optional.empty(),
        Map.of(
            "evicted", now.evicted(),
            "swept", now.swept(),
            "housekeeping_failed", now.failed()));
  }

  @Override
  public String kind() {
    return "database";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.COMPARE_AND_SET, Ability.DURABLE);
  }

  @Override
  public Duration deadline() {
    return settings.deadline();
  }

  @Override
  public Duration longestFill() {
    return settings.longestFill();
  }

  @Override
  public Duration longestLife() {
    return settings.longestLife();
  }

  private Database database() throws CallFailed {
    return link.session().orElseThrow(() -> new CallFailed(Kind.DISCONNECTED, link.trouble()));
  }

  // ---- reading

  @Override
  public TierRead read(TierKey key) {
    byte[] slot = slots.slot(key);
    return calls.call(
        Operation.READ,
        deadline ->
            database()
                .read(statements -> slots.read(statements, slot), deadline)
                .map(DatabaseTier::found)
                .orElse(new TierRead.Absent()),
        TierRead.Unavailable::new);
  }

  /// A value from the future is of before the clock was set back: nobody knows its age.
  private static TierRead found(Slots.Row row) {
    Duration age = Duration.ofNanos(Math.max(0, row.ageMicros()) * 1_000);
    Duration life = row.value().lifetime().fresh().plus(row.value().lifetime().stale());
    return age.compareTo(life) < 0 && row.ageMicros() > -CLOCK_SLACK.toNanos() / 1_000
        ? new TierRead.Found(row.value(), row.version(), age)
        : new TierRead.Absent();
  }

  // ---- filling

  /// @param moment when the fill began
  private record Ticket(TierKey key, Slots.Moment moment) implements FillStart.Ticket {}

  @Override
  public FillStart beginFill(TierKey key, boolean exclusive) {
    return calls.call(
        Operation.BEGIN_FILL,
        deadline -> new FillStart.Granted(new Ticket(key, database().read(slots::now, deadline))),
        FillStart.Unavailable::new);
  }

  @Override
  public TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    Ticket ours = (Ticket) ticket;
    if (value.bytes().length > MAX_CONTENT_BYTES) {
      return new TierWrite.TooLarge();
    }
    byte[] slot = slots.slot(ours.key);
    return calls.call(
        Operation.FILL,
        deadline ->
            database()
                .change(
                    statements -> {
                      while (true) {
                        Slots.Seen seen = slots.look(statements, slot);
                        long latest =
                            ours.moment.clock() + settings.longestFill().toNanos() / 1_000;
                        if (seen.version().orElse(0) >= ours.moment.stamp()
                            || seen.clock() > latest) {
                          return new TierWrite.Overtaken();
                        }
                        long notAfter = Math.min(latest, notAfter(seen, deadline));
                        OptionalLong version = OptionalLong.of(ours.moment.stamp());
                        var change = new Slots.Change(Optional.of(value), version, notAfter);
                        if (slots.change(statements, ours.key, slot, seen, change).isPresent()) {
                          housekeeping.wrote(value.bytes().length);
                          return new TierWrite.Stored(ours.moment.stamp(), seen.present());
                        }
                      }
                    },
                    deadline),
        TierWrite.Unavailable::new);
  }

  @Override
  public void abandon(FillStart.Ticket ticket) {
    // A ticket is a number.
  }

  @Override
  public void awaitFill(TierKey key, Duration patience) {
    // Fills take no turns here.
  }

  /// When the caller gives up, by the database's clock; rather too early than too late.
  private static long notAfter(Slots.Seen seen, Deadline deadline) throws CallFailed {
    long left = deadline.leftNanos();
    if (left <= 0) {
      throw deadline.missed();
    }
    return seen.clock() + left / 1_000;
  }

  // ---- writing

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    if (value.bytes().length > MAX_CONTENT_BYTES) {
      return new TierWrite.TooLarge();
    }
    byte[] slot = slots.slot(key);
    return calls.call(
        Operation.WRITE,
        deadline ->
            database()
                .change(
                    statements -> {
                      while (true) {
                        Slots.Seen seen = slots.look(statements, slot);
                        if (!holds(precondition, seen.presentVersion())) {
                          return new TierWrite.PreconditionFailed(seen.presentVersion());
                        }
                        long notAfter = notAfter(seen, deadline);
                        var change =
                            new Slots.Change(Optional.of(value), OptionalLong.empty(), notAfter);
                        OptionalLong version = slots.change(statements, key, slot, seen, change);
                        if (version.isPresent()) {
                          housekeeping.wrote(value.bytes().length);
                          return new TierWrite.Stored(version.getAsLong(), seen.present());
                        }
                      }
                    },
                    deadline),
        TierWrite.Unavailable::new);
  }

  private static boolean holds(Precondition precondition, OptionalLong present) {
    return switch (precondition) {
      case Precondition.None() -> true;
      case Precondition.Absent() -> present.isEmpty();
      case Precondition.Present() -> present.isPresent();
      case Precondition.VersionIn(Set<Long> versions) ->
          present.isPresent() && versions.contains(present.getAsLong());
    };
  }

  // ---- removing

  @Override
  public TierRemoval remove(TierKey key, Precondition precondition) {
    byte[] slot = slots.slot(key);
    return calls.call(
        Operation.REMOVE,
        deadline ->
            database()
                .change(
                    statements -> {
                      while (true) {
                        Slots.Seen seen = slots.look(statements, slot);
                        if (!holds(precondition, seen.presentVersion())) {
                          return new TierRemoval.PreconditionFailed(seen.presentVersion());
                        }
                        long notAfter = notAfter(seen, deadline);
                        var change =
                            new Slots.Change(Optional.empty(), OptionalLong.empty(), notAfter);
                        if (slots.change(statements, key, slot, seen, change).isPresent()) {
                          return seen.present()
                              ? new TierRemoval.Removed(seen.version().getAsLong())
                              : new TierRemoval.Absent();
                        }
                      }
                    },
                    deadline),
        TierRemoval.Unavailable::new);
  }

  /// A few hundred at a time.
  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    Set<TierKey> failed = new HashSet<>();
    List<TierKey> every = List.copyOf(keys);
    for (int from = 0; from < every.size(); from += REMOVED_TOGETHER) {
      List<TierKey> some = every.subList(from, Math.min(every.size(), from + REMOVED_TOGETHER));
      failed.addAll(removeTogether(some));
    }
    return failed;
  }

  private Set<TierKey> removeTogether(List<TierKey> keys) {
    return calls.call(
        Operation.REMOVE,
        deadline ->
            database()
                .change(
                    statements -> {
                      Slots.Moment now = slots.now(statements);
                      long notAfter = now.clock() + Math.max(0, deadline.leftNanos() / 1_000);
                      return slots.removeAll(statements, keys, notAfter)
                          ? Set.<TierKey>of()
                          : Set.copyOf(keys);
                    },
                    deadline),
        _ -> Set.copyOf(keys));
  }

  @Override
  public void close() {
    housekeeping.close();
    link.close();
  }
}
