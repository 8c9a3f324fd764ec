package io.forebay.cache.policy;

/// What hit ratio a policy would reach with given bounds, found by a miniature: it simulates only
/// the keys whose hash falls below a threshold, with the bounds scaled down by the same rate. It
/// holds at most `maxTracked` entries (the rate starts at what the bound on entries allows and is
/// halved whenever the miniature would hold more; it never rises), so its memory is bounded: at
/// most about 150 bytes for each, the policy's history included.
///
/// A key with many requests is in the sample or is not, and its hits with it. So the miniature's
/// hits are corrected for how many more or fewer requests it saw than its rate promises, by the
/// slope of hits over requests among its keys: nearly one where favourites rule, nearly the hit
/// ratio where all keys are alike (a control variate; SHARDS always takes one).
///
/// Lifetimes are not simulated. Not thread-safe.
///
/// Waldspurger and others, "SHARDS", FAST 2015; "Cache modeling and optimization using miniature
/// simulations", USENIX ATC 2017.
public final class ShadowCache {

  /// For a prediction within about a point on the traces measured, for two megabytes.
  public static final int DEFAULT_MAX_TRACKED = 16_384;

  private static final double FULL = 0x1p32;

  private final String policyName;
  private final int maxTracked;
  private final EvictionPolicy policy;
  private final SlotIndex index = new SlotIndex();
  private final SlotPool slots = new SlotPool();
  private final LongColumn hashOfSlot = new LongColumn();

  private long maxWeight;
  private long maxEntries;

  /// Share of the keys that are simulated, 0 to 1.
  private double rate = 1;

  private long requests;

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

  /// @param policyName one of [EvictionPolicies#names]
  /// @param maxWeightBytes at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxEntries at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxTracked at least 16
  public ShadowCache(
      String policyName, long maxWeightBytes, long maxEntries, int maxTracked, long seed) {
    if (maxTracked < 16) {
      throw new IllegalArgumentException("maxTracked must be at least 16, was " + maxTracked);
    }
    this.policyName = policyName;
    this.maxTracked = maxTracked;
    this.maxWeight = maxWeightBytes;
    this.maxEntries = maxEntries;
    while (maxEntries != Long.MAX_VALUE && rate * maxEntries > maxTracked) {
      rate /= 2;
    }
    this.policy =
        EvictionPolicies.named(policyName, scaled(maxWeightBytes), scaled(maxEntries), seed);
  }

  private long scaled(long bound) {
    return bound == Long.MAX_VALUE ? bound : Math.max(1, Math.round(bound * rate));
  }

  /// One read of a key, whether it was answered from the cache or not.
  ///
  /// @param keyHash as for [EvictionPolicy#add]
  /// @param weightBytes at least 1
  public void record(long keyHash, int weightBytes) {
    requests++;
    expectedSampled += rate;
    long spread = Hashing.mix(keyHash);
    if ((spread >>> 32) >= rate * FULL) {
      return;
    }
    sampled++;
    int slot = index.find(spread);
    if (slot != SlotIndex.NONE) {
      hits++;
      squares += 2.0 * requestsOfSlot.get(slot) + 1;
      products += 2.0 * requestsOfSlot.get(slot);
      requestsOfSlot.set(slot, requestsOfSlot.get(slot) + 1);
      policy.recordAccess(slot);
      return;
    }
    add(spread, weightBytes);
  }

  private void add(long spread, int weightBytes) {
    int slot = slots.take();
    hashOfSlot.cover(slot);
    hashOfSlot.set(slot, spread);
    requestsOfSlot.cover(slot);
    requestsOfSlot.set(slot, 1);
    squares++;
    index.add(spread, slot);
    policy.add(slot, spread, weightBytes, EvictionPolicy.NEVER);
    evict();
    while (policy.size() > maxTracked) {
      halveRate();
    }
  }

  private void evict() {
    while (policy.isOverCapacity()) {
      int victim = policy.evict(0);
      index.remove(hashOfSlot.get(victim));
      slots.release(victim);
    }
  }

  private void halveRate() {
    rate /= 2;
    for (long spread : index.hashes()) {
      if ((spread >>> 32) >= rate * FULL) {
        int slot = index.remove(spread);
        policy.remove(slot);
        slots.release(slot);
      }
    }
    expectedSampled /= 2;
    sampled /= 2;
    hits /= 2;
    squares /= 2;
    products /= 2;
    policy.changeCapacity(scaled(maxWeight), scaled(maxEntries));
    evict();
  }

  /// Simulates other bounds from now on; what is held and learned is kept as far as it fits.
  public void changeCapacity(long maxWeightBytes, long newMaxEntries) {
    maxWeight = maxWeightBytes;
    maxEntries = newMaxEntries;
    policy.changeCapacity(scaled(maxWeightBytes), scaled(newMaxEntries));
    evict();
    while (newMaxEntries != Long.MAX_VALUE && rate * newMaxEntries > maxTracked) {
      halveRate();
    }
  }

  /// Starts counting anew; the miniature's content stays. For ratios of a span of time.
  public void restartCounting() {
    requests = 0;
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

  /// Requests seen since counting began.
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
