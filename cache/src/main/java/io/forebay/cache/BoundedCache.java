package io.forebay.cache;

import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.policy.ShadowCache.Arrival;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The engine: a concurrent table whose reads wait for nobody, with everything else beside it.
///
/// - [Stripe]s put the writes of each key in order and fence loads by key.
/// - [Invalidator] hears of invalidations and judges entries by them, each entry once per
///   generation of [Barriers].
/// - [Residency] keeps the books: bounds, eviction order, timers.
/// - [InvalidationSweep] gives space back after invalidations.
///
/// Locks are taken in this order, each briefly: a stripe's; then, after leaving it, the
/// residency's. No user code runs under a stripe's lock but keys' `equals`, `hashCode` and text.
final class BoundedCache<K extends Comparable<? super K>, V> implements Cache<K, V>, Upkeep.Chores {

  private final String name;
  private final Table<K, V> table;
  private final Barriers barriers;
  private final LiveWhatIf<K, V> whatIf;
  private final Witnesses<K, V> witnesses;
  private final Residency<K, V> residency;
  private final Removal<K, V> removal;
  private final Invalidator<K, V> invalidator;
  private final InvalidationSweep<K, V> sweep;
  private final Counters counters = new Counters();
  private final Clocks clocks;
  private final Expiry expiry;
  private final Storage<K, V> storage;
  private final InvalidationLog log;
  private final VersionClock versions;
  private final Upkeep upkeep;
  private final ReentrantLock maintaining = new ReentrantLock();

  BoundedCache(CacheBuilder<K, V> settings) {
    this.name = settings.name;
    this.clocks = new Clocks(settings.time);
    this.log = settings.log;
    this.versions = settings.versions != null ? settings.versions : new VersionClock(settings.time);
    this.barriers = barriers(settings);
    this.storage = settings.storage(clocks);
    this.table = new Table<>(storage, barriers);
    this.expiry = new Expiry(clocks, settings.timeToIdleNanos);
    this.whatIf = new LiveWhatIf<>(table, clocks, this::subject);
    this.witnesses = new Witnesses<>(whatIf, settings.announcer(), clocks);
    this.residency =
        new Residency<>(
            table,
            storage,
            settings.evictionPolicy,
            settings.hitObjective,
            expiry,
            settings.bounds(),
            settings.node,
            counters,
            witnesses);
    this.removal = new Removal<>(table, residency);
    this.invalidator = new Invalidator<>(settings, table, barriers, removal, counters);
    this.sweep = new InvalidationSweep<>(settings, table, invalidator, barriers, residency, clocks);
    this.upkeep = settings.upkeep();
    if (settings.whatIf != null) {
      whatIf.ask(settings.whatIf);
    }
    invalidator.join();
    upkeep.join(this);
  }

  @SuppressWarnings("unchecked") // barriers see keys of this cache only
  private static <K extends Comparable<? super K>> Barriers barriers(CacheBuilder<K, ?> settings) {
    KeyText<K> text = settings.keyText();
    return new Barriers(
        settings.maxBarriers, settings.maxKeyBarriers, key -> text.subject().apply((K) key));
  }

  @Override
  public String name() {
    return name;
  }

  // ---- reading

  @Override
  public @Nullable Entry<K, V> get(K key) {
    Resident<K, V> resident = table.get(key);
    long now = clocks.nanoTime();
    while (resident != null) {
      if (expiry.isExpired(resident, now)) {
        counters.missesExpired.increment();
        if (residency.drop(resident, Departure.Cause.EXPIRED)) {
          counters.expirationsOnAccess.increment();
        }
        witnesses.missed(key);
        return null;
      }
      if (!invalidator.isValid(resident)) {
        Resident<K, V> present = table.get(key);
        if (!isSame(present, resident)) { // another took its place, or it was swept
          resident = present;
          continue;
        }
        counters.missesInvalidated.increment();
        if (residency.drop(resident, Departure.Cause.INVALIDATED)) {
          invalidator.noteErased(resident);
        }
        witnesses.missed(key);
        return null;
      }
      if (resident.retain()) {
        noteHit(resident, now);
        return resident;
      }
      resident = successor(resident);
    }
    counters.missesAbsent.increment();
    witnesses.missed(key);
    return null;
  }

  @Override
  public @Nullable Entry<K, V> peek(K key) {
    return peek(key, clocks.nanoTime());
  }

  @Override
  public @Nullable Entry<K, V> peek(K key, long now) {
    Resident<K, V> resident = table.get(key);
    while (resident != null) {
      if (isLive(resident, now)) {
        if (resident.retain()) {
          return resident;
        }
        resident = successor(resident);
      } else {
        Resident<K, V> present = table.get(key);
        resident = isSame(present, resident) ? null : present;
      }
    }
    return null;
  }

  @Override
  @SuppressWarnings("unchecked") // the entries of this cache are residents
  public void countHit(Entry<K, V> entry, long nanoTime) {
    noteHit((Resident<K, V>) entry, nanoTime);
  }

  private static boolean isSame(@Nullable Resident<?, ?> one, Resident<?, ?> other) {
    return one != null && one.isSame(other);
  }

  /// What replaced a resident whose value is already released: it left the table before that.
  private @Nullable Resident<K, V> successor(Resident<K, V> released) {
    Resident<K, V> present = table.get(released.key());
    if (isSame(present, released)) {
      throw new IllegalStateException(
          "the value of " + released.key() + " was released more often than retained");
    }
    return present;
  }

  private void noteHit(Resident<K, V> resident, long now) {
    if (!resident.isFresh(now)) {
      counters.staleHits.increment();
    }
    residency.accessed(resident, now);
    witnesses.hit(resident);
  }

  private boolean isLive(Resident<K, V> resident, long now) {
    return !expiry.isExpired(resident, now) && invalidator.isValid(resident);
  }

  // ---- loading

  @Override
  public LoadToken<K> beginLoad(K key) {
    Stripe<K, V> stripe = stripeOf(key);
    synchronized (stripe) {
      return stripe.begin(key, log.last(), clocks.nanoTime());
    }
  }

  @Override
  public WriteOutcome complete(LoadToken<K> token, Draft<V> draft) {
    OpenLoad<K, V> load = ownLoad(token);
    K key = load.key();
    long weight = storage.weigh(key, draft);
    long now = clocks.nanoTime();
    retain(draft.value());
    Stripe<K, V> stripe = load.stripe;
    Change<K, V> change;
    synchronized (stripe) {
      if (!stripe.end(load)) {
        release(draft.value());
        throw new IllegalStateException("the load of " + key + " has already ended");
      }
      WriteOutcome.Reason refusal = refusal(load, draft, weight);
      if (refusal == null) {
        change =
            store(
                stripe,
                resident(key, draft, weight, load.began(), now - load.beganNanos, now),
                live(key, now) != null);
        stripe.fenceBegunBefore(key, load.sequence, WriteOutcome.Reason.OVERTAKEN);
      } else {
        change = Change.refused(new WriteOutcome.Refused(refusal));
      }
    }
    return settle(change, key, draft, false);
  }

  @Override
  public WriteOutcome admit(LoadToken<K> token, Draft<V> draft, Lineage lineage) {
    OpenLoad<K, V> load = ownLoad(token);
    K key = load.key();
    Draft<V> left = lineage.aged(draft);
    int weight = Math.toIntExact(storage.weigh(key, left));
    long now = clocks.nanoTime();
    versions.observe(lineage.version());
    retain(draft.value());
    Stripe<K, V> stripe = load.stripe;
    Change<K, V> change;
    synchronized (stripe) {
      if (!stripe.end(load)) {
        release(draft.value());
        throw new IllegalStateException("the load of " + key + " has already ended");
      }
      WriteOutcome.Reason refusal = refusal(load, left, weight, lineage, live(key, now));
      if (refusal == null) {
        int hash = Table.spread(key);
        change =
            store(
                stripe,
                storage.resident(
                    key,
                    hash,
                    left,
                    lineage.version(),
                    versions.next(),
                    lineage.loadBegan(),
                    0,
                    weight,
                    now),
                live(key, now) != null);
        stripe.fenceBegunBefore(key, load.sequence, WriteOutcome.Reason.OVERTAKEN);
      } else {
        change = Change.refused(new WriteOutcome.Refused(refusal));
      }
    }
    return settle(change, key, left, false);
  }

  private WriteOutcome.@Nullable Reason refusal(
      OpenLoad<K, V> load,
      Draft<V> draft,
      long weight,
      Lineage lineage,
      @Nullable Resident<K, V> present) {
    if (load.fenced != null) {
      return load.fenced;
    }
    boolean isOvertaken =
        lineage.version() < load.writtenSince
            || (present != null
                && present.version() > lineage.version()
                && present.isFresh(clocks.nanoTime()));
    if (isOvertaken) {
      return WriteOutcome.Reason.OVERTAKEN;
    }
    return switch (invalidator.judge(load.key(), draft, lineage)) {
      case INVALIDATED, SOFTLY_INVALIDATED -> WriteOutcome.Reason.INVALIDATED_SINCE;
      case VALID -> refusal(load.stripe, weight);
    };
  }

  /// A barrier that comes after this look is newer than the load too, so reads will judge the value
  /// by it: here the refusal is only early.
  private WriteOutcome.@Nullable Reason refusal(OpenLoad<K, V> load, Draft<V> draft, long weight) {
    if (load.fenced != null) {
      return load.fenced;
    }
    if (load.writtenSince > 0) {
      return WriteOutcome.Reason.OVERTAKEN;
    }
    return switch (invalidator.judge(load, draft)) {
      case INVALIDATED, SOFTLY_INVALIDATED -> WriteOutcome.Reason.INVALIDATED_SINCE;
      case VALID -> refusal(load.stripe, weight);
    };
  }

  private WriteOutcome.@Nullable Reason refusal(Stripe<K, V> stripe, long weight) {
    if (stripe.isClosed()) {
      return WriteOutcome.Reason.CLOSED;
    }
    return residency.couldHold(weight) ? null : WriteOutcome.Reason.TOO_LARGE;
  }

  // ---- writing

  @Override
  public WriteOutcome put(K key, Draft<V> draft, Precondition precondition) {
    long weight = storage.weigh(key, draft);
    long now = clocks.nanoTime();
    retain(draft.value());
    Stripe<K, V> stripe = stripeOf(key);
    Change<K, V> change;
    synchronized (stripe) {
      WriteOutcome.Reason refusal = refusal(stripe, weight);
      Resident<K, V> present = live(key, now);
      if (refusal != null) {
        change = Change.refused(new WriteOutcome.Refused(refusal));
      } else if (!holds(precondition, present)) {
        change = Change.refused(new WriteOutcome.PreconditionFailed(versionOf(present)));
      } else {
        change = store(stripe, resident(key, draft, weight, log.last(), 0, now), present != null);
        stripe.fence(key, WriteOutcome.Reason.OVERTAKEN);
      }
    }
    return settle(change, key, draft, true);
  }

  /// What a write did to the table, for the books.
  private record Change<K extends Comparable<? super K>, V>(
      WriteOutcome outcome, @Nullable Resident<K, V> arrived, @Nullable Resident<K, V> departed) {

    static <K extends Comparable<? super K>, V> Change<K, V> refused(WriteOutcome outcome) {
      return new Change<>(outcome, null, null);
    }
  }

  /// Under the key's stripe, so that versions of a key grow in the order of its writes.
  private Resident<K, V> resident(
      K key, Draft<V> draft, long weight, Position loadBegan, long loadNanos, long now) {
    int hash = Table.spread(key);
    int weightBytes = Math.toIntExact(weight);
    long version = versions.next();
    return storage.resident(
        key, hash, draft, version, version, loadBegan, loadNanos, weightBytes, now);
  }

  /// Under the key's stripe.
  ///
  /// @param replaces whether a live one is there
  private Change<K, V> store(Stripe<K, V> stripe, Resident<K, V> arriving, boolean replaces) {
    Resident<K, V> departing = stripe.chains.put(arriving);
    if (departing != null) {
      departing.depart();
    }
    return new Change<>(new WriteOutcome.Stored(arriving.version(), replaces), arriving, departing);
  }

  /// After the stripe: books, evictions, releases.
  ///
  /// @param insists whether the policy has no say
  private WriteOutcome settle(Change<K, V> change, K key, Draft<V> draft, boolean insists) {
    Resident<K, V> arrived = change.arrived;
    if (arrived == null) {
      release(draft.value());
      counters.writesRefused.increment();
      if (change.outcome instanceof WriteOutcome.Refused) {
        witnesses.announce(key, Departure.Cause.REFUSED);
      }
      return change.outcome;
    }
    witness(change, arrived, insists);
    boolean admitted = residency.arrived(arrived, change.departed, insists);
    if (change.departed != null) {
      change.departed.release();
    }
    if (!admitted) {
      counters.writesRefused.increment();
      return new WriteOutcome.Refused(WriteOutcome.Reason.NOT_ADMITTED);
    }
    counters.writes.increment();
    return change.outcome;
  }

  private void witness(Change<K, V> change, Resident<K, V> arrived, boolean insists) {
    boolean replaces =
        change.outcome instanceof WriteOutcome.Stored(long _, boolean replaced) && replaced;
    if (change.departed != null) {
      Departure.Cause ofTheDead =
          expiry.isExpired(change.departed, arrived.createdNanos)
              ? Departure.Cause.EXPIRED
              : Departure.Cause.INVALIDATED;
      witnesses.left(change.departed, replaces ? Departure.Cause.REPLACED : ofTheDead);
    }
    Arrival unlessReplacing = insists ? Arrival.PUT : Arrival.LOADED;
    witnesses.written(arrived, replaces ? Arrival.REPLACING : unlessReplacing);
  }

  @Override
  public RemoveOutcome remove(K key, Precondition precondition) {
    Stripe<K, V> stripe = stripeOf(key);
    Resident<K, V> removed;
    Resident<K, V> present;
    synchronized (stripe) {
      present = live(key, clocks.nanoTime());
      if (!holds(precondition, present)) {
        return new RemoveOutcome.PreconditionFailed(versionOf(present));
      }
      removed = removal.takeFromTable(key);
      stripe.fence(key, WriteOutcome.Reason.OVERTAKEN);
    }
    removal.letGo(removed, Departure.Cause.REMOVED);
    if (present == null || removed == null) {
      return new RemoveOutcome.Absent();
    }
    counters.removals.increment();
    return new RemoveOutcome.Removed(removed.version());
  }

  /// Under the key's stripe.
  private @Nullable Resident<K, V> live(K key, long now) {
    Resident<K, V> present = table.find(key);
    return present != null && isLive(present, now) ? present : null;
  }

  private static boolean holds(Precondition precondition, @Nullable Resident<?, ?> present) {
    return switch (precondition) {
      case Precondition.None() -> true;
      case Precondition.Absent() -> present == null;
      case Precondition.Present() -> present != null;
      case Precondition.VersionIn(Set<Long> versions) ->
          present != null && versions.contains(present.version());
    };
  }

  private static OptionalLong versionOf(@Nullable Resident<?, ?> present) {
    return present == null ? OptionalLong.empty() : OptionalLong.of(present.version());
  }

  // ---- invalidating

  @Override
  public Invalidation invalidate(Scope scope, Invalidation.Mode mode) {
    return invalidator.invalidate(scope, mode);
  }

  @Override
  public Optional<BarrierSnapshot.Raised> newestInvalidation(K key, Collection<String> tags) {
    return barriers.newestCovering(key, tags);
  }

  @Override
  public Preview<K> preview(Collection<Scope> scopes, Optional<K> after, int limit) {
    long now = clocks.nanoTime();
    Predicate<Resident<K, V>> covered = invalidator.coverageOf(scopes);
    return Preview.of(
        table,
        resident ->
            !expiry.isExpired(resident, now)
                && covered.test(resident)
                && invalidator.wouldBeValid(resident),
        after,
        limit);
  }

  // ---- looking in

  @Override
  public Listing<K> list(ListingQuery<K> query) {
    long now = clocks.nanoTime();
    return ListingPage.select(table, query, resident -> isLive(resident, now));
  }

  @Override
  public List<K> mostValuable(int most) {
    long now = clocks.nanoTime();
    return MostValuable.select(table, most, resident -> isLive(resident, now));
  }

  @Override
  public CacheStatistics statistics() {
    residency.settle();
    long staleHits = counters.staleHits.sum();
    return new CacheStatistics(
        Math.max(0, residency.hits() - staleHits),
        staleHits,
        counters.missesAbsent.sum(),
        counters.missesExpired.sum(),
        counters.missesInvalidated.sum(),
        counters.writes.sum(),
        counters.writesRefused.sum(),
        counters.removals.sum(),
        counters.evictionsForBytes.sum(),
        counters.evictionsForEntries.sum(),
        counters.expirationsOnAccess.sum(),
        counters.expirationsInBackground.sum(),
        counters.sweptAfterInvalidation.sum(),
        counters.invalidations.sum(),
        barriers.overflows(),
        barriers.size(),
        barriers.floor(),
        witnesses.notificationsDropped(),
        table.size(),
        residency.weightBytes(),
        storage.reservedBytes());
  }

  /// Tags, per mode, that have an invalidation in force.
  int barrierCount() {
    return barriers.size();
  }

  @Override
  public CacheBounds bounds() {
    return residency.bounds();
  }

  @Override
  public void changeBounds(CacheBounds bounds) {
    residency.changeBounds(bounds);
    whatIf.subjectChanged();
  }

  @Override
  public String evictionPolicy() {
    return residency.policyName();
  }

  @Override
  public void changeEvictionPolicy(String name) {
    residency.changePolicy(name, residency.objective());
    whatIf.subjectChanged();
  }

  @Override
  public HitObjective hitObjective() {
    return residency.objective();
  }

  @Override
  public void changeHitObjective(HitObjective objective) {
    residency.changePolicy(residency.policyName(), objective);
    whatIf.subjectChanged();
  }

  // ---- what if

  @Override
  public Optional<WhatIfReport> whatIf() {
    return whatIf.report();
  }

  @Override
  public void askWhatIf(WhatIfQuestions questions) {
    whatIf.ask(questions);
  }

  @Override
  public void stopWhatIf() {
    whatIf.stop();
  }

  private LiveWhatIf.Subject subject() {
    long hits = residency.hits();
    return new LiveWhatIf.Subject(
        residency.bounds(),
        residency.policyName(),
        residency.objective(),
        hits,
        hits + counters.misses());
  }

  // ---- upkeep

  @Override
  public void maintain() {
    maintaining.lock();
    try {
      residency.expire();
      residency.compact();
      sweep.runIfDue();
      whatIf.catchUp();
    } finally {
      maintaining.unlock();
    }
  }

  @Override
  public void close() {
    upkeep.leave(this);
    invalidator.leave();
    table.forEachStripe(Stripe::close);
    whatIf.stop();
    table.forEach(resident -> residency.drop(resident, Departure.Cause.REMOVED));
    residency.close();
  }

  // ---- small things

  private Stripe<K, V> stripeOf(K key) {
    return table.stripeOf(Table.spread(key));
  }

  @SuppressWarnings("unchecked") // a load of one of this cache's stripes is of its types
  private OpenLoad<K, V> ownLoad(LoadToken<K> token) {
    if (token instanceof OpenLoad<?, ?> load && load.stripe == stripeOf(token.key())) {
      return (OpenLoad<K, V>) load;
    }
    throw new IllegalArgumentException("the token is not of cache " + name);
  }

  /// The cache's own reference, taken before the value can be seen by anyone.
  private void retain(V value) {
    if (value instanceof ReferenceCounted handle && !handle.tryRetain()) {
      throw new IllegalStateException("the value was already released");
    }
  }

  private void release(V value) {
    if (value instanceof ReferenceCounted handle) {
      handle.release();
    }
  }
}
