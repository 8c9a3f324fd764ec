package io.forebay.cache.policy;

/// `w-tinylfu`: newcomers enter a small *window* kept by recency. What leaves the window must have
/// been seen more often lately ([FrequencySketch]) than the entry that would leave *main*, else it
/// is refused. Main is kept by recency in two parts: *probation*, and *protected* (four fifths) for
/// what was read in probation.
///
/// The window's share adapts by hill climbing: after every ten accesses for each entry, if the hit
/// ratio rose since the last step the next goes the same way, else the other way; steps shrink by 2
/// % each time, and start again at a sixteenth of the cache when the hit ratio moves by five
/// points.
///
/// Constant time, but for a change of the window, which moves up to that many entries. 21 bytes a
/// slot and 8 to 16 of sketch.
///
/// Einziger, Friedman, Manes, "TinyLFU", ACM ToS 2017; Einziger and others, "Adaptive software
/// cache management", Middleware 2018.
final class WTinyLfuPolicy extends WeighedPolicy {

  private static final int WINDOW = 0;
  private static final int PROBATION = 1;
  private static final int PROTECTED = 2;

  private static final double INITIAL_WINDOW = 0.01;
  private static final double LARGEST_WINDOW = 0.8;
  private static final double PROTECTED_SHARE = 0.8;
  private static final double FIRST_STEP = 0.0625;
  private static final double STEP_DECAY = 0.98;
  private static final double RESTART_CHANGE = 0.05;
  private static final int ACCESSES_PER_STEP = 10;

  /// From this estimate on, one refused candidate in 128 is let in all the same, so that nobody can
  /// lock a cache by making its victim look popular (hash flooding).
  private static final int JITTER_FROM = 6;

  private final Segments segments = new Segments(3);
  private final FrequencySketch sketch = new FrequencySketch();
  private final Randomness random;
  private final LongColumn keyHashes = new LongColumn();

  /// Share of the capacity.
  private double window = INITIAL_WINDOW;

  private double step = FIRST_STEP;
  private double lastHitRatio;
  private long hits;
  private long misses;

  WTinyLfuPolicy(long maxWeightBytes, long maxEntries, long seed) {
    super(maxWeightBytes, maxEntries);
    this.random = new Randomness(seed);
  }

  @Override
  public String name() {
    return "w-tinylfu";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    sketch.ensureCapacity(Math.min(size(), maxEntries()));
    sketch.increment(keyHash);
    keyHashes.cover(slot);
    keyHashes.set(slot, keyHash);
    segments.append(WINDOW, slot, weight(slot));
    misses++;
    if (!isOverCapacity()) {
      fit();
    }
    climb();
  }

  @Override
  void accessed(int slot) {
    sketch.increment(keyHashes.get(slot));
    hits++;
    int segment = segments.of(slot);
    segments.move(slot, weight(slot), segment == PROBATION ? PROTECTED : segment);
    fitProtected();
    climb();
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    segments.reweigh(slot, oldWeight, weight(slot));
    accessed(slot);
  }

  @Override
  void removed(int slot) {
    segments.unlink(slot, weight(slot));
  }

  @Override
  int victim(long nowNanos) {
    int victim = oldestOfMain();
    if (victim == SlotLists.NONE) {
      victim = segments.oldest(WINDOW);
    } else if (isOver(WINDOW, windowShare(maxEntries()), windowShare(maxWeight()))) {
      int candidate = segments.oldest(WINDOW);
      if (admits(candidate, victim)) {
        segments.move(candidate, weight(candidate), PROBATION);
      } else {
        victim = candidate;
      }
    }
    segments.unlink(victim, weight(victim));
    return victim;
  }

  private int oldestOfMain() {
    return segments.oldest(segments.isEmpty(PROBATION) ? PROTECTED : PROBATION);
  }

  private boolean admits(int candidate, int victim) {
    int candidateFrequency = sketch.estimate(keyHashes.get(candidate));
    if (candidateFrequency > sketch.estimate(keyHashes.get(victim))) {
      return true;
    }
    return candidateFrequency >= JITTER_FROM && random.nextInt(128) == 0;
  }

  private void climb() {
    long accesses = hits + misses;
    if (accesses < (long) ACCESSES_PER_STEP * Math.max(7, Math.min(size(), maxEntries()))) {
      return;
    }
    double hitRatio = (double) hits / accesses;
    double change = hitRatio - lastHitRatio;
    double amount = change >= 0 ? step : -step;
    step =
        Math.abs(change) >= RESTART_CHANGE
            ? Math.copySign(FIRST_STEP, amount)
            : STEP_DECAY * amount;
    lastHitRatio = hitRatio;
    hits = 0;
    misses = 0;
    window = Math.clamp(window + amount, 0, LARGEST_WINDOW);
    fit();
  }

  @Override
  void capacityChanged() {
    fit();
  }

  private void fit() {
    fitProtected();
    while (isOver(WINDOW, windowShare(maxEntries()), windowShare(maxWeight()))) {
      int slot = segments.oldest(WINDOW);
      segments.move(slot, weight(slot), PROBATION);
    }
  }

  private void fitProtected() {
    while (isOver(PROTECTED, protectedShare(maxEntries()), protectedShare(maxWeight()))) {
      int slot = segments.oldest(PROTECTED);
      segments.move(slot, weight(slot), PROBATION);
    }
  }

  /// Its share of the capacity.
  double window() {
    return window;
  }

  /// Never over with a single entry.
  private boolean isOver(int segment, long entries, long weight) {
    return segments.size(segment) > 1
        && (segments.size(segment) > entries || segments.weight(segment) > weight);
  }

  private long windowShare(long bound) {
    return bound == Long.MAX_VALUE ? bound : Math.max(1, Math.round(window * bound));
  }

  private long protectedShare(long bound) {
    return bound == Long.MAX_VALUE
        ? bound
        : (long) (PROTECTED_SHARE * (bound - windowShare(bound)));
  }

  /// Probation, then the window, then protected; oldest first.
  @Override
  public int[] evictionOrder(long nowNanos) {
    int[] slots = new int[size()];
    int end = segments.copy(PROBATION, slots, 0);
    end = segments.copy(WINDOW, slots, end);
    segments.copy(PROTECTED, slots, end);
    return slots;
  }
}
