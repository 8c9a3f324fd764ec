package io.forebay.cache.policy;

/// What hit ratio a policy would reach with given bounds, found by a miniature: it simulates only
/// the keys whose hash falls below a threshold, with the bounds scaled down by the same rate. It
/// holds at most `maxTracked` entries (the rate starts at what the bound on entries allows and is
/// lowered by a quarter whenever the miniature would hold more; it never rises), so its memory is
/// bounded: at most about 150 bytes for each, the policy's history included.
///
/// A key with many requests is in the sample or is not, and its hits with it. So the miniature's
/// hits are corrected for how many more or fewer requests it saw than its rate promises, by the
/// slope of hits over requests among its keys: nearly one where favourites rule, nearly the hit
/// ratio where all keys are alike (a control variate; SHARDS always takes one).
///
/// Requests are counted apart from what happens to sampled keys ([#countRequests] for all of them;
/// [#read], [#missed], [#written] and [#removed] for those of which [#spread] lies below the rate;
/// others are ignored): so a caller may leave out the keys that no shadow samples. [#record] is
/// both, for a replay. Entries expire at the end of the lifetime that they were written with.
/// Counts fade: they are halved every 16 million requests.
///
/// Not thread-safe.
///
/// Waldspurger and others, "SHARDS", FAST 2015; "Cache modeling and optimization using miniature
/// simulations", USENIX ATC 2017.
public final class ShadowCache {

  /// For a prediction within about a point on the traces measured, for two megabytes.
  public static final int DEFAULT_MAX_TRACKED = 16_384;

  /// How a value comes to a cache.
  public enum Arrival {
    /// From a load: the policy may refuse it.
    LOADED,
    /// From a client, who insists on a place for it.
    PUT,
    /// Either, in place of one that was valid.
    REPLACING
  }

  private static final double FULL = 0x1p32;

  /// How much the rate is lowered when there are too many entries.
  private static final double LOWERING = 0.75;

  private static final long FADING_REQUESTS = 1L << 24;

  private final String policyName;
  private final int maxTracked;
  private final EvictionPolicy policy;
  private final SlotIndex index = new SlotIndex();
  private final SlotPool slots = new SlotPool();
  private final LongColumn hashOfSlot = new LongColumn();

  /// When the slot's entry expires, or [EvictionPolicy#NEVER].
  private final LongColumn expiryOfSlot = new LongColumn();

  private long maxWeight;
  private long maxEntries;

  /// Share of the keys that are simulated, 0 to 1.
  private double rate = 1;

  private long requests;
  private long cacheHits;

  /// Whether values come by clients' writes, which need a place whatever the policy thinks of them.
  private boolean insists;

  /// Whether it was filled without requests; until counting has begun anew.
  private boolean isFilling;

  /// Whether it ever evicted.
  private boolean isFull;

  /// No entry expires before.
  private long nextExpiry = EvictionPolicy.NEVER;

  /// Requests that a perfectly even sample would have seen.
  private double expectedSampled;

  private double sampled;
  private double hits;

  /// Over the keys while they were held: the sums of requests times requests and requests times
  /// hits.
  private double squares;

  private double products;

  /// Requests for the slot's entry.
  private final IntColumn requestsOfSlot = new IntColumn();

  /// As the other, for hits of objects.
  public ShadowCache(
      String policyName, long maxWeightBytes, long maxEntries, int maxTracked, long seed) {
    this(policyName, HitObjective.OBJECTS, maxWeightBytes, maxEntries, maxTracked, seed);
  }

  /// @param policyName one of [EvictionPolicies#names]
  /// @param maxWeightBytes at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxEntries at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxTracked at least 16
  public ShadowCache(
      String policyName,
      HitObjective objective,
      long maxWeightBytes,
      long maxEntries,
      int maxTracked,
      long seed) {
    if (maxTracked < 16) {
      throw new IllegalArgumentException("maxTracked must be at least 16, was " + maxTracked);
    }
    this.policyName = policyName;
    this.maxTracked = maxTracked;
    this.maxWeight = maxWeightBytes;
    this.maxEntries = maxEntries;
    if (maxEntries != Long.MAX_VALUE && maxEntries > maxTracked) {
      rate = (double) maxTracked / maxEntries;
    }
    this.policy =
        EvictionPolicies.named(
            policyName, scaled(maxWeightBytes), scaled(maxEntries), objective, seed);
  }

  private long scaled(long bound) {
    return bound == Long.MAX_VALUE ? bound : Math.max(1, Math.round(bound * rate));
  }

  /// A key's place among the samples: the rate `r` takes those whose upper 32 bits are below `r *
  /// 2^32`.
  ///
  /// @param keyHash as for [EvictionPolicy#add], but its bits need not vary
  public static long spread(long keyHash) {
    return Hashing.mix(keyHash);
  }

  private boolean isSampled(long spread) {
    return (spread >>> 32) < rate * FULL;
  }

  /// One read of a key that is put into the cache if it is not there, in a world without time.
  ///
  /// @param weightBytes at least 1
  public void record(long keyHash, int weightBytes) {
    countRequests(1, 0);
    read(keyHash, weightBytes, EvictionPolicy.NEVER, 0);
  }

  /// Reads of the cache, those of all keys.
  ///
  /// @param hits how many of them the cache itself answered
  public void countRequests(long count, long hits) {
    if (isFilling && isFull) {
      isFilling = false;
      restartCounting();
    }
    requests += count;
    cacheHits += hits;
    expectedSampled += rate * count;
    if (requests >= FADING_REQUESTS) {
      requests /= 2;
      cacheHits /= 2;
      scaleSums(0.5);
    }
  }

  /// The cache answered a read of this key. What the miniature lacks is added, as a smaller cache
  /// would have loaded it.
  ///
  /// @param weightBytes at least 1
  /// @param lifetimeNanos from its writing to its end, or [EvictionPolicy#NEVER]
  /// @param now nanoseconds; never negative, never backwards
  public void read(long keyHash, int weightBytes, long lifetimeNanos, long now) {
    long spread = spread(keyHash);
    if (isSampled(spread) && !hit(spread, now)) {
      add(spread, weightBytes, lifetimeNanos, now);
    }
  }

  /// The cache did not have this key. What it weighs is seen when it is [#written]; if it never is,
  /// no cache has it.
  public void missed(long keyHash, long now) {
    long spread = spread(keyHash);
    if (isSampled(spread)) {
      hit(spread, now);
    }
  }

  private boolean hit(long spread, long now) {
    sampled++;
    int slot = index.find(spread);
    if (slot == SlotIndex.NONE) {
      return false;
    }
    if (expiryOfSlot.get(slot) <= now) {
      forget(spread);
      return false;
    }
    hits++;
    squares += 2.0 * requestsOfSlot.get(slot) + 1;
    products += 2.0 * requestsOfSlot.get(slot);
    requestsOfSlot.set(slot, requestsOfSlot.get(slot) + 1);
    policy.recordAccess(slot);
    return true;
  }

  /// A value for this key came to the cache.
  ///
  /// @param arrival unless `REPLACING`, a miniature that has the key would not have seen it come
  public void written(
      long keyHash, int weightBytes, long lifetimeNanos, Arrival arrival, long now) {
    insists = arrival == Arrival.REPLACING ? insists : arrival == Arrival.PUT;
    long spread = spread(keyHash);
    if (!isSampled(spread)) {
      return;
    }
    int slot = index.find(spread);
    if (slot == SlotIndex.NONE) {
      add(spread, weightBytes, lifetimeNanos, now);
    } else if (arrival == Arrival.REPLACING && weightBytes <= maxWeight) {
      expiryOfSlot.set(slot, expiry(lifetimeNanos, now));
      nextExpiry = Math.min(nextExpiry, expiryOfSlot.get(slot));
      policy.update(slot, weightBytes, expiryOfSlot.get(slot));
      evict(now);
    }
  }

  /// The key's value was removed or invalidated, and would have been in any cache.
  public void removed(long keyHash) {
    long spread = spread(keyHash);
    if (isSampled(spread)) {
      forget(spread);
    }
  }

  /// What the cache holds already, when the shadow begins beside it: least valuable first. Counting
  /// starts anew when the miniature is first full.
  public void fill(long keyHash, int weightBytes, long lifetimeNanos, long now) {
    isFilling = true;
    written(keyHash, weightBytes, lifetimeNanos, Arrival.LOADED, now);
  }

  private void add(long spread, int weightBytes, long lifetimeNanos, long now) {
    if (weightBytes > maxWeight) {
      return;
    }
    if (insists) {
      makeRoom(weightBytes, now);
    }
    int slot = slots.take();
    hashOfSlot.cover(slot);
    hashOfSlot.set(slot, spread);
    expiryOfSlot.cover(slot);
    expiryOfSlot.set(slot, expiry(lifetimeNanos, now));
    requestsOfSlot.cover(slot);
    requestsOfSlot.set(slot, 1);
    squares++;
    index.add(spread, slot);
    nextExpiry = Math.min(nextExpiry, expiryOfSlot.get(slot));
    policy.add(slot, spread, weightBytes, expiryOfSlot.get(slot));
    evict(now);
    while (policy.size() > maxTracked) {
      lowerRateTo(rate * LOWERING, now);
    }
  }

  private static long expiry(long lifetimeNanos, long now) {
    return lifetimeNanos >= EvictionPolicy.NEVER - now ? EvictionPolicy.NEVER : now + lifetimeNanos;
  }

  /// Gives up what has expired, as the cache does in the background.
  public void expire(long now) {
    if (nextExpiry > now) {
      return;
    }
    nextExpiry = EvictionPolicy.NEVER;
    for (long spread : index.hashes()) {
      long expiry = expiryOfSlot.get(index.find(spread));
      if (expiry <= now) {
        forget(spread);
      } else {
        nextExpiry = Math.min(nextExpiry, expiry);
      }
    }
  }

  private void makeRoom(int weightBytes, long now) {
    long weightLimit = scaled(maxWeight) - weightBytes;
    long entryLimit = scaled(maxEntries) - 1;
    while (policy.size() > 0
        && (policy.weightBytes() > weightLimit || policy.size() > entryLimit)) {
      evictOne(now);
    }
  }

  private void evict(long now) {
    while (policy.isOverCapacity()) {
      evictOne(now);
    }
  }

  private void evictOne(long now) {
    int victim = policy.evict(now);
    index.remove(hashOfSlot.get(victim));
    slots.release(victim);
    isFull = true;
  }

  private void forget(long spread) {
    int slot = index.remove(spread);
    if (slot != SlotIndex.NONE) {
      policy.remove(slot);
      slots.release(slot);
    }
  }

  /// Samples at most this share of the keys from now on.
  ///
  /// @param most more than 0
  public void lowerRate(double most) {
    if (rate > most) {
      lowerRateTo(most, 0);
    }
  }

  private void lowerRateTo(double lower, long now) {
    scaleSums(lower / rate);
    rate = lower;
    for (long spread : index.hashes()) {
      if (!isSampled(spread)) {
        forget(spread);
      }
    }
    policy.changeCapacity(scaled(maxWeight), scaled(maxEntries));
    evict(now);
  }

  private void scaleSums(double factor) {
    expectedSampled *= factor;
    sampled *= factor;
    hits *= factor;
    squares *= factor;
    products *= factor;
  }

  /// Simulates other bounds from now on; what is held and learned is kept as far as it fits.
  public void changeCapacity(long maxWeightBytes, long newMaxEntries) {
    maxWeight = maxWeightBytes;
    maxEntries = newMaxEntries;
    policy.changeCapacity(scaled(maxWeightBytes), scaled(newMaxEntries));
    evict(0);
    if (newMaxEntries != Long.MAX_VALUE && rate * newMaxEntries > maxTracked) {
      lowerRateTo((double) maxTracked / newMaxEntries, 0);
    }
  }

  /// Starts counting anew; the miniature's content stays. For ratios of a span of time.
  public void restartCounting() {
    requests = 0;
    cacheHits = 0;
    expectedSampled = 0;
    sampled = 0;
    hits = 0;
    squares = 0;
    products = 0;
  }

  /// Predicted hits over requests since counting began, 0 to 1; 0 before the first.
  public double hitRatio() {
    if (expectedSampled == 0) {
      return 0;
    }
    double slope = squares == 0 ? 1 : products / squares;
    double adjusted = hits + slope * (expectedSampled - sampled);
    return Math.clamp(adjusted / expectedSampled, 0, 1);
  }

  /// What the cache itself reached with the same requests, 0 to 1; 0 before the first.
  public double measuredHitRatio() {
    return requests == 0 ? 0 : (double) cacheHits / requests;
  }

  /// Requests counted since counting began, faded ones left out.
  public long requests() {
    return requests;
  }

  /// Share of the keys that are simulated now, 0 to 1.
  public double sampleRate() {
    return rate;
  }

  public String policyName() {
    return policyName;
  }

  public long maxWeightBytes() {
    return maxWeight;
  }

  public long maxEntries() {
    return maxEntries;
  }

  /// Entries of the miniature now.
  public int tracked() {
    return policy.size();
  }
}
