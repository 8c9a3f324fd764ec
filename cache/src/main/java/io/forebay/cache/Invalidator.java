package io.forebay.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What one cache does about invalidations: it hears of them from the log, puts them in force, and
/// judges entries by them.
///
/// Keys act on their place in the table at once. Everything else raises a barrier, and
/// [InvalidationSweep] gives the space back later. Keys of every cache do both where there is a
/// tier: whoever invalidates them removes them from the tiers of the caches it has, and may not
/// have this one (another node, or this one before the cache was made).
final class Invalidator<K extends Comparable<? super K>, V> implements InvalidationListener {

  private final String cache;
  private final InvalidationLog log;
  private final Table<K, V> table;
  private final Barriers barriers;
  private final Removal<K, V> removal;
  private final KeyText<K> keyText;
  private final Counters counters;
  private final Receipts receipts;
  private final boolean hasCopies;

  Invalidator(
      CacheBuilder<K, V> settings,
      Table<K, V> table,
      Barriers barriers,
      Removal<K, V> removal,
      Counters counters) {
    this.cache = settings.name;
    this.log = settings.log;
    this.keyText = settings.keyText();
    this.receipts = settings.receipts;
    this.hasCopies = settings.copiesLiveNanos > 0;
    this.table = table;
    this.barriers = barriers;
    this.removal = removal;
    this.counters = counters;
  }

  /// Begins to hear of records; everything else of the cache is in place.
  void join() {
    log.subscribe(cache, this);
  }

  void leave() {
    log.unsubscribe(cache, this);
    receipts.left(cache);
  }

  Invalidation invalidate(Scope scope, Invalidation.Mode mode) {
    InvalidationOrder order = new InvalidationOrder(Optional.of(cache), scope, mode);
    return new Invalidation(log.append(InvalidationBatch.ofOurselves(order, "")), scope, mode);
  }

  // ---- judging

  /// Whether it is in the table and no hard barrier covers it. Marks it if a soft one does.
  ///
  /// What has left the table is not judged by barriers alone, since those that covered it may have
  /// retired:
  ///
  /// ```
  /// invalidator              reader                  sweep
  /// barrier, acknowledged
  ///                          begins, finds the entry
  ///                                                  drops the entry, retires the barrier
  ///                          judges: no barrier
  ///                          looks again: it is not in the table any more
  /// ```
  ///
  /// If the barrier is soft, the sweep marks the entry, which stays; what the reader has may be a
  /// copy of before the mark, so it looks for that too ([Chains#isPresent]).
  boolean isValid(Resident<K, V> resident) {
    long generation = barriers.generation();
    return resident.isCheckedAt(generation) || isStillValid(resident, generation);
  }

  private boolean isStillValid(Resident<K, V> resident, long generation) {
    if (barriers.isAnyNewerThan(resident.loadBegan())) {
      Barriers.Verdict verdict = judge(resident);
      if (verdict == Barriers.Verdict.INVALIDATED || !isInTable(resident)) {
        return false;
      }
      if (verdict == Barriers.Verdict.SOFTLY_INVALIDATED) {
        mark(resident);
      }
    }
    resident.noteChecked(generation);
    return true;
  }

  private boolean isInTable(Resident<K, V> resident) {
    return table.stripeOf(resident.hash).chains.isPresent(resident);
  }

  /// As [#isValid], but leaves no trace.
  boolean wouldBeValid(Resident<K, V> resident) {
    return judge(resident) != Barriers.Verdict.INVALIDATED;
  }

  private Barriers.Verdict judge(Resident<K, V> resident) {
    return barriers.judge(resident.loadBegan(), resident.key(), resident.tags());
  }

  /// What a copy from a tier is judged by. An invalidation of the key that the tier may not have
  /// been told is a barrier on the key's own tag ([InternalTags#ofUrl]), which L1 does not need.
  Barriers.Verdict judge(K key, Draft<V> draft, Lineage lineage) {
    if (lineage.loadBegan().epoch() != log.last().epoch()) {
      return Barriers.Verdict.INVALIDATED;
    }
    List<String> tags = new ArrayList<>(draft.tags().size() + 1);
    tags.addAll(draft.tags());
    tags.add(InternalTags.ofUrl(keyText.of().apply(key)));
    return barriers.judge(lineage.loadBegan(), key, tags);
  }

  Barriers.Verdict judge(OpenLoad<K, V> load, Draft<V> draft) {
    return barriers.judge(load.began(), load.key(), draft.tags());
  }

  /// Marks it and counts that, once, whoever comes first.
  private void mark(Resident<K, V> resident) {
    if (resident.isSoftInvalidated()) {
      return;
    }
    synchronized (table.stripeOf(resident.hash)) {
      Resident<K, V> present = table.find(resident.key());
      boolean isFirst = present != null && present.isSame(resident) && !present.isSoftInvalidated();
      resident.invalidateSoftly();
      if (!isFirst) {
        return;
      }
    }
    Position by = barriers.coveringSoft(resident.loadBegan(), resident.key(), resident.tags());
    if (by != null) {
      receipts.marked(by, 1);
    }
  }

  /// Notes that an entry that was found invalid has been dropped.
  void noteErased(Resident<K, V> erased) {
    counters.sweptAfterInvalidation.increment();
    Position by = coveredBy(erased);
    if (by != null) {
      receipts.erased(by, 1);
    }
  }

  /// The newest invalidation that hides an entry. Null if its barrier has retired meanwhile.
  @Nullable Position coveredBy(Resident<K, V> resident) {
    return barriers.coveringHard(resident.loadBegan(), resident.key(), resident.tags());
  }

  /// The same question as a barrier's: would these scopes, invalidated now, cover an entry?
  Predicate<Resident<K, V>> coverageOf(Collection<Scope> scopes) {
    Position next = new Position(Long.MAX_VALUE, Long.MAX_VALUE);
    Barriers alone = barriers.alone();
    Set<String> named = new HashSet<>();
    for (Scope scope : scopes) {
      if (scope instanceof Scope.Keys(Set<String> texts)) {
        texts.stream().filter(this::isKey).forEach(named::add);
      } else {
        alone.raise(scope, next, Invalidation.Mode.HARD);
      }
    }
    return resident ->
        named.contains(keyText.of().apply(resident.key()))
            || alone.judge(resident.loadBegan(), resident.key(), resident.tags())
                == Barriers.Verdict.INVALIDATED;
  }

  private boolean isKey(String text) {
    return keyText.parse() == null || keyText.parse().apply(text).isPresent();
  }

  // ---- what the log tells

  @Override
  public void apply(InvalidationRecord record) {
    InvalidationOrder order = record.order();
    if (order.scope() instanceof Scope.Keys(Set<String> texts)) {
      if (hasCopies && order.cache().isEmpty()) {
        // Before the keys are fenced: a copy that is in memory by then is erased, and a later one
        // is judged by the barrier, which memory does not look at.
        barriers.raise(new Scope.Urls(texts), record.position(), order.mode());
      }
      long hit =
          order.written().isPresent()
              ? dropOthers(texts, order.written().getAsLong())
              : invalidateKeys(texts, order.mode());
      switch (order.mode()) {
        case HARD -> receipts.erased(record.position(), hit);
        case SOFT -> receipts.marked(record.position(), hit);
      }
    } else {
      receipts.sweepDue(record.position(), cache);
      barriers.raise(order.scope(), record.position(), order.mode());
    }
    counters.invalidations.increment();
  }

  @Override
  public void restore(BarrierSnapshot snapshot) {
    snapshot.floor().ifPresent(barriers::distrustBefore);
    for (BarrierSnapshot.Raised raised : snapshot.raised()) {
      barriers.raise(raised.scope(), raised.position(), raised.mode());
    }
  }

  @Override
  public void distrustBefore(Position position) {
    barriers.distrustBefore(position);
  }

  @Override
  public BarrierSnapshot snapshot() {
    return barriers.snapshot();
  }

  @Override
  public boolean vouchesForCopies() {
    return hasCopies;
  }

  /// A key was written in a shared tier: whatever is not of that version goes, newer ones too (they
  /// are in the tier), so that nothing depends on how the clocks of nodes agree.
  ///
  /// @return how many entries it hit
  private long dropOthers(Set<String> texts, long version) {
    if (keyText.parse() == null) {
      return invalidateKeysByLooking(texts, Invalidation.Mode.HARD);
    }
    long hit = 0;
    for (String text : texts) {
      Optional<K> key = keyText.parse().apply(text);
      hit += key.isPresent() ? dropOthers(key.get(), version) : 0;
    }
    return hit;
  }

  /// @return 1 if there was an entry of another version, else 0
  private int dropOthers(K key, long version) {
    Stripe<K, V> stripe = table.stripeOf(Table.spread(key));
    Resident<K, V> hit;
    synchronized (stripe) {
      stripe.noteWritten(key, version);
      Resident<K, V> present = table.find(key);
      hit = present == null || present.version() == version ? null : removal.takeFromTable(key);
    }
    if (hit != null) {
      removal.letGo(hit, Departure.Cause.REPLACED);
    }
    return hit == null ? 0 : 1;
  }

  /// @return how many entries it hit
  private long invalidateKeys(Set<String> texts, Invalidation.Mode mode) {
    if (keyText.parse() == null) {
      return invalidateKeysByLooking(texts, mode);
    }
    long hit = 0;
    for (String text : texts) {
      Optional<K> key = keyText.parse().apply(text);
      hit += key.isPresent() ? invalidateSlot(key.get(), mode) : 0;
    }
    return hit;
  }

  private long invalidateKeysByLooking(Set<String> texts, Invalidation.Mode mode) {
    LongAdder hit = new LongAdder();
    // Loads first: one that completed before its fence is in the table by then.
    Predicate<K> named = key -> texts.contains(keyText.of().apply(key));
    table.forEachStripe(
        stripe -> stripe.fenceMatching(named, WriteOutcome.Reason.INVALIDATED_SINCE));
    table.forEach(resident -> {
      if (named.test(resident.key())) {
        hit.add(invalidateSlot(resident.key(), mode));
      }
    });
    return hit.sum();
  }

  /// @return 1 if there was an entry, else 0
  private int invalidateSlot(K key, Invalidation.Mode mode) {
    Stripe<K, V> stripe = table.stripeOf(Table.spread(key));
    Resident<K, V> hit;
    synchronized (stripe) {
      stripe.fence(key, WriteOutcome.Reason.INVALIDATED_SINCE);
      hit =
          switch (mode) {
            case HARD -> removal.takeFromTable(key);
            case SOFT -> markSlot(key);
          };
    }
    if (hit != null && mode == Invalidation.Mode.HARD) {
      counters.sweptAfterInvalidation.increment();
      removal.letGo(hit, Departure.Cause.INVALIDATED);
    }
    return hit == null ? 0 : 1;
  }

  /// Under the key's stripe.
  private @Nullable Resident<K, V> markSlot(K key) {
    Resident<K, V> present = table.find(key);
    if (present != null) {
      present.invalidateSoftly();
    }
    return present;
  }

  // ---- for the sweep

  /// The earlier of a position and the beginnings of all loads under way.
  Position earliestOpenLoad(Position otherwise) {
    AtomicReference<Position> earliest = new AtomicReference<>(otherwise);
    table.forEachStripe(stripe -> earliest.updateAndGet(stripe::earliest));
    return earliest.get();
  }
}
