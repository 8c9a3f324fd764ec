package io.forebay.backends.behind;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.MonotonicWallClock;
import io.forebay.backends.log.Frames;
import io.forebay.cache.Coverage;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.ForwardingTier;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// A tier before another that acknowledges changes once they are in a journal on this node's disk,
/// and carries them out later. Of some caches; changes of others are carried out at once, unless
/// something of the same key still waits.
///
/// **This node is the only one** that changes what these caches have in the other tier. So what
/// waits here is the newest there is, and a key's state is decided here: reads see what waits,
/// preconditions look at it, and a fill is refused while something waits for its key.
///
/// **It never overtakes.** What has arrived in the tier goes on waiting until the journal says on
/// the disk that it is settled:
///
/// ```
/// flusher                        somebody else               after a crash
/// carries a write out
/// journal: settled
///                                removes the key
///                                                            nothing is done again
/// ```
///
/// Were it forgotten first, the removal would not know of it, and the write would come back.
///
/// **A purge** of keys puts a removal in the place of what waits, on the disk, before it goes on to
/// the tier; one of tags, prefixes, patterns or everything does the same to what it covers
/// ([#withdraw]). What waits too long to live becomes a removal as well.
///
/// **Versions** are given here, and travel with the value: the entity tag of a write stays the same
/// when it arrives.
///
/// Thread-safe.
public final class WriteBehindTier extends ForwardingTier {

  private final VersionClock versions;
  private final Backlog backlog;
  private final WriteJournal journal;
  private final JournalSeal seal;
  private final Flusher flusher;
  private final Turns turns = new Turns();
  private final MonotonicWallClock clock = new MonotonicWallClock();
  private final Set<String> behind = ConcurrentHashMap.newKeySet();
  private final AtomicLong numbers;
  private final LongAdder accepted = new LongAdder();
  private final LongAdder withdrawn = new LongAdder();
  private final long unrecovered;
  private final int mostContentBytes;

  private WriteBehindTier(
      Tier tier,
      VersionClock versions,
      JournalSeal seal,
      WriteBehindSettings settings,
      WriteJournal journal) {
    super(tier);
    this.versions = versions;
    this.seal = seal;
    this.journal = journal;
    this.backlog = new Backlog(settings.maxBytes());
    this.mostContentBytes = (int) Math.min(settings.maxBytes() / 4, Frames.MAX_PAYLOAD_BYTES / 2);
    JournalFiles.Found found = journal.found();
    this.numbers = new AtomicLong(found.greatest());
    long unreadable = 0;
    for (Map.Entry<Pending, Integer> one : found.pending().entrySet()) {
      Pending opened = seal.opened(one.getKey());
      versions.observe(opened.version());
      unreadable += opened.value().isEmpty() && one.getKey().value().isPresent() ? 1 : 0;
      backlog.recover(new Backlog.Placed(opened, one.getValue()));
    }
    this.unrecovered = found.lost() + unreadable;
    this.flusher = new Flusher(tier, backlog, journal, seal, clock);
  }

  /// Opens the journal; what is left in it is carried out in the background.
  ///
  /// @param versions the node's
  /// @param seal how values look in the journal
  /// @throws IOException if the folder cannot be used, or another process uses it
  public static WriteBehindTier open(
      Tier tier, VersionClock versions, JournalSeal seal, WriteBehindSettings settings)
      throws IOException {
    return open(tier, versions, seal, settings, WriteJournal.Opening.REAL);
  }

  static WriteBehindTier open(
      Tier tier,
      VersionClock versions,
      JournalSeal seal,
      WriteBehindSettings settings,
      WriteJournal.Opening opening)
      throws IOException {
    WriteJournal journal = WriteJournal.open(settings, opening);
    return new WriteBehindTier(tier, versions, seal, settings, journal);
  }

  /// From now on changes of this cache may wait.
  public void accept(String cache) {
    behind.add(cache);
  }

  /// Acknowledged writes of an earlier process that are not carried out: the journal was damaged,
  /// or it was not forced to the disk and the machine ended.
  public long unrecovered() {
    return unrecovered;
  }

  private boolean isBehind(TierKey key) {
    return behind.contains(key.cache()) || backlog.find(key).isPresent();
  }

  // ---- reading

  @Override
  public TierRead read(TierKey key) {
    Optional<Pending> pending = backlog.find(key);
    return pending.isPresent() ? found(pending.get()) : stamped(tier.read(key));
  }

  private TierRead found(Pending pending) {
    if (pending.value().isEmpty()) {
      return new TierRead.Absent();
    }
    TierValue value = pending.value().get();
    Duration age = age(pending);
    return age.compareTo(Stamps.life(value)) < 0
        ? new TierRead.Found(value, pending.version(), age)
        : new TierRead.Absent();
  }

  private Duration age(Pending pending) {
    return Stamps.age(pending, clock.micros());
  }

  private TierRead stamped(TierRead read) {
    return read instanceof TierRead.Found found
        ? Stamps.read(found, tier.deadline().multipliedBy(2), clock.micros())
        : read;
  }

  // ---- accepting

  /// What is known of a slot.
  private sealed interface Seen {
    /// @param version empty if there is nothing
    record Known(OptionalLong version) implements Seen {}

    record Unknown(TierFailure failure) implements Seen {}
  }

  private Seen look(TierKey key) {
    return switch (read(key)) {
      case TierRead.Found found -> new Seen.Known(OptionalLong.of(found.version()));
      case TierRead.Absent() -> new Seen.Known(OptionalLong.empty());
      case TierRead.Unavailable(TierFailure failure) -> new Seen.Unknown(failure);
    };
  }

  private static boolean holds(Precondition precondition, OptionalLong present) {
    return switch (precondition) {
      case Precondition.None() -> true;
      case Precondition.Absent() -> present.isEmpty();
      case Precondition.Present() -> present.isPresent();
      case Precondition.VersionIn(Set<Long> of) ->
          present.isPresent() && of.contains(present.getAsLong());
    };
  }

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    if (value.bytes().length > mostContentBytes) {
      return new TierWrite.TooLarge();
    }
    Deadline deadline = Deadline.after(tier.deadline());
    try {
      Turns.Turn turn = turns.take(key, deadline);
      return writeInTurn(turn, key, value, precondition, deadline);
    } catch (CallFailed e) {
      return new TierWrite.Unavailable(e.failure());
    }
  }

  /// Without a precondition nobody looks at the tier: it may be away. What it would replace is then
  /// taken for present.
  private TierWrite writeInTurn(
      Turns.Turn turn, TierKey key, TierValue value, Precondition precondition, Deadline deadline)
      throws CallFailed {
    boolean replaced = true;
    if (!(precondition instanceof Precondition.None) || backlog.find(key).isPresent()) {
      switch (look(key)) {
        case Seen.Unknown(TierFailure failure) -> {
          turn.end();
          return new TierWrite.Unavailable(failure);
        }
        case Seen.Known(OptionalLong present) -> {
          if (!holds(precondition, present)) {
            turn.end();
            return new TierWrite.PreconditionFailed(present);
          }
          present.ifPresent(versions::observe);
          replaced = present.isPresent();
        }
      }
    }
    long version = versions.next();
    if (isBehind(key)) {
      take(turn, key, version, Optional.of(value), deadline);
      return new TierWrite.Stored(version, replaced);
    }
    try {
      return ours(
          tier.write(
              key, Stamps.stamped(value, version, clock.micros()), Precondition.NONE, version),
          version);
    } finally {
      turn.end();
    }
  }

  /// What came of a change in the other tier, with our version.
  private static TierWrite ours(TierWrite outcome, long version) {
    return outcome instanceof TierWrite.Stored(long _, boolean replaced)
        ? new TierWrite.Stored(version, replaced)
        : outcome;
  }

  /// Puts a change into the journal, then into the backlog; returns when it is in both, and ends
  /// the turn in any case, though it may be later than this returns.
  private void take(
      Turns.Turn turn, TierKey key, long version, Optional<TierValue> value, Deadline deadline)
      throws CallFailed {
    Pending pending = new Pending(key, numbers.incrementAndGet(), version, clock.micros(), value);
    try {
      backlog.reserve(pending.bytes(), deadline);
    } catch (CallFailed e) {
      turn.end();
      throw e;
    }
    CompletableFuture<Integer> kept =
        journal.append(List.of(new JournalRecord.ToDo(seal.sealed(pending))));
    CompletableFuture<Integer> done =
        kept.whenComplete((file, failed) -> {
          if (failed == null) {
            backlog
                .put(new Backlog.Placed(pending, file))
                .ifPresent(old -> journal.release(old.file()));
            accepted.increment();
          } else {
            backlog.release(pending.bytes());
          }
          turn.end();
        });
    var _ = deadline.await(done);
  }

  // ---- filling

  /// @param ours what the other tier noted
  private record Ticket(TierKey key, FillStart.Ticket ours) implements FillStart.Ticket {}

  @Override
  public FillStart beginFill(TierKey key, boolean exclusive) {
    return switch (tier.beginFill(key, exclusive)) {
      case FillStart.Granted(FillStart.Ticket ours) -> new FillStart.Granted(new Ticket(key, ours));
      case FillStart.Elsewhere elsewhere -> elsewhere;
      case FillStart.Unavailable unavailable -> unavailable;
    };
  }

  @Override
  public TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    Ticket of = (Ticket) ticket;
    Turns.Turn turn;
    try {
      turn = turns.take(of.key, Deadline.after(tier.deadline()));
    } catch (CallFailed e) {
      tier.abandon(of.ours);
      return new TierWrite.Unavailable(e.failure());
    }
    try {
      if (backlog.find(of.key).isPresent()) {
        tier.abandon(of.ours);
        return new TierWrite.Overtaken();
      }
      long version = versions.next();
      return ours(tier.fill(of.ours, Stamps.stamped(value, version, clock.micros())), version);
    } finally {
      turn.end();
    }
  }

  @Override
  public void abandon(FillStart.Ticket ticket) {
    tier.abandon(((Ticket) ticket).ours);
  }

  // ---- removing

  @Override
  public TierRemoval remove(TierKey key, Precondition precondition) {
    Deadline deadline = Deadline.after(tier.deadline());
    try {
      Turns.Turn turn = turns.take(key, deadline);
      return removeInTurn(turn, key, precondition, deadline);
    } catch (CallFailed e) {
      return new TierRemoval.Unavailable(e.failure());
    }
  }

  /// Where nothing is, the tier is told at once: fills that began before are to be refused.
  private TierRemoval removeInTurn(
      Turns.Turn turn, TierKey key, Precondition precondition, Deadline deadline)
      throws CallFailed {
    switch (look(key)) {
      case Seen.Unknown(TierFailure failure) -> {
        turn.end();
        return new TierRemoval.Unavailable(failure);
      }
      case Seen.Known(OptionalLong present) -> {
        if (!holds(precondition, present)) {
          turn.end();
          return new TierRemoval.PreconditionFailed(present);
        }
        if (present.isPresent() && isBehind(key)) {
          take(turn, key, present.getAsLong(), Optional.empty(), deadline);
          return new TierRemoval.Removed(present.getAsLong());
        }
        try {
          return backlog.find(key).isPresent()
              ? new TierRemoval.Absent()
              : tier.remove(key, Precondition.NONE);
        } finally {
          turn.end();
        }
      }
    }
  }

  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    Deadline deadline = Deadline.after(tier.deadline());
    Set<TierKey> failed = new HashSet<>();
    for (TierKey key : keys) {
      try {
        withdraw(key, deadline);
        backlog.awaitArrived(key, deadline);
      } catch (CallFailed e) {
        failed.add(key);
      }
    }
    failed.addAll(tier.removeAll(keys));
    return failed;
  }

  /// Puts a removal in the place of what waits for the key, if something does.
  private void withdraw(TierKey key, Deadline deadline) throws CallFailed {
    Optional<Pending> pending = backlog.find(key);
    if (pending.isEmpty() || pending.get().value().isEmpty()) {
      return;
    }
    Turns.Turn turn = turns.take(key, deadline);
    Optional<Pending> still = backlog.find(key);
    if (still.isEmpty() || still.get().value().isEmpty()) {
      turn.end();
      return;
    }
    take(turn, key, still.get().version(), Optional.empty(), deadline);
    withdrawn.increment();
  }

  /// What cannot be withdrawn in time stays covered by the invalidation's barrier for as long as it
  /// may live.
  @Override
  public void withdraw(String cache, Scope scope) {
    Deadline deadline = Deadline.after(tier.deadline());
    List<Pending> covered =
        backlog.all(placed ->
            placed.pending().key().cache().equals(cache)
                && placed
                    .pending()
                    .value()
                    .filter(
                        value -> Coverage.covers(scope, placed.pending().key().key(), value.tags()))
                    .isPresent());
    for (Pending one : covered) {
      try {
        withdraw(one.key(), deadline);
      } catch (CallFailed e) {
        return;
      }
    }
  }

  // ---- as a tier

  @Override
  public TierCondition condition() {
    TierCondition of = tier.condition();
    long now = clock.micros();
    Backlog.Figures figures = backlog.figures(now);
    Map<String, Long> events = new HashMap<>(of.events());
    events.put("write_behind_accepted", accepted.sum());
    events.put("write_behind_coalesced", figures.coalesced());
    events.put("write_behind_backlog_full", figures.full());
    events.put("write_behind_withdrawn", withdrawn.sum());
    events.put("write_behind_lost", unrecovered + flusher.lost());
    events.put("write_behind_arrived", flusher.arrived());
    events.put("write_behind_retries", flusher.retries());
    events.put("write_behind_failed", flusher.failed());
    TierCondition.Backlog waiting =
        new TierCondition.Backlog(
            figures.writes(),
            figures.bytes(),
            Duration.ofNanos(1_000 * Math.max(0, now - figures.oldest())));
    return new TierCondition(
        of.connected(),
        of.breaker(),
        of.bytes(),
        of.values(),
        of.underWay(),
        Optional.of(waiting),
        events);
  }

  /// What waits outlives this process, wherever it is going.
  @Override
  public Set<Ability> abilities() {
    EnumSet<Ability> abilities = EnumSet.of(Ability.DURABLE);
    abilities.addAll(tier.abilities());
    return abilities;
  }

  /// What has not arrived stays in the journal.
  @Override
  public void close() {
    backlog.close();
    flusher.close();
    journal.close();
    tier.close();
  }
}
