package io.forebay.cache.policy;

import java.util.Arrays;

/// `auto`: learns how soon keys come back, and evicts what is worth least.
///
/// **Idea.** Each entry is of a class (how often it was used, and the distance between its last two
/// uses) and has an age (requests since its last use). [HitDensityTable] learns for every class and
/// age how likely the next request is to be for such a key, from entries and from *ghosts*
/// ([GhostTable]: keys evicted lately), and derives what holding an entry is worth: expected hits for
/// each unit of time held. A loop, a scan, favourites and bursts each get the order that suits them
/// without being recognized as such.
///
/// **What an entry is worth** is that index; divided by its weight when bytes are short and hits of
/// objects are wanted, and corrected for how sizes differ ([SizeEffect]); of an entry that will expire
/// only hits before its end count, and of equals the one that ends sooner is worth a little less.
///
/// **Learning.** A use of an entry or ghost adds a hit at its class and age. To know how many keys
/// were at that class and age *without* being used, each request looks at a few tracked keys in turn
/// (at four, at more in small caches) and adds what they stand for. Ranks are derived anew every half
/// cache of requests (200 to 20,000; more often at first); counts fade by a tenth every ten caches.
///
/// **Eviction.** The lowest rank among 16 entries drawn at random, the 16 lowest of earlier draws,
/// and the newcomer: so that a newcomer worth less than anything seen is refused. Up to 24 entries are
/// all looked at.
///
/// **Cost.** A hit: four look-ups of learning, in the drain; a miss: these and 32 ranks.
/// **Memory.** 13 bytes a slot (17 with lifetimes); ghosts of nine bytes each, four for each entry and
/// at least 512, in caches below 8,192 entries up to 20 for each entry but at most 32,768; 50 KB of
/// tables.
///
/// Related: Beckmann, Chen, Cidon, "LHD: improving cache hit rate by maximizing hit density", NSDI
/// 2018. Ghosts, sampled exposure, shrinkage and the Gittins index are what differs.
final class HitDensityPolicy extends WeighedPolicy {

  private static final int SAMPLES = Tune.i("samples", 16);
  private static final int POOL = Tune.i("pool", 16);
  private static final int SAMPLES_IN_A_ROW = Tune.i("run", 4);
  private static final int ALWAYS_ALL = SAMPLES + 8;

  private static final int LOOKS = Tune.i("es", 4);
  private static final int LOOKS_OF_SMALL = Tune.i("estiny", 16000);

  private static final int GHOSTS_PER_ENTRY = Tune.i("ghosts", 4);
  private static final int GHOSTS_PER_ENTRY_OF_SMALL = 20;
  private static final int GHOSTS_OF_SMALL = Tune.i("gfloor", 32768);
  private static final int LEAST_GHOSTS = Tune.i("gmin", 512);

  private static final int MOST_GHOSTS = 1 << 28;

  private static final int CLASS_BITS = 6;
  private static final int CLASS_MASK = (1 << CLASS_BITS) - 1;

  /// Of 2^32.
  private static final int GOLDEN_RATIO = 0x9e3779b9;

  /// In caches: an entry with that much left is worth three quarters.
  private static final double DISCOUNT_SPAN = Tune.d("dspan", 0.125);

  private static final int FIRST_LEARNING = 100;
  private static final int LEAST_BETWEEN_LEARNING = 200;
  private static final int MOST_BETWEEN_LEARNING = 20_000;
  private static final int LEAST_BETWEEN_DECAYS = 1_000;
  private static final int CACHES_BETWEEN_DECAYS = Tune.i("dper", 10);

  private final HitObjective objective;
  private final Randomness random;
  private final HitDensityTable table;
  private final SizeEffect sizes = new SizeEffect();
  private final Lifetimes lifetimes = new Lifetimes();
  private final GhostTable ghosts = new GhostTable(GhostTable.BUCKET);
  private final CandidatePool pool = new CandidatePool(POOL);

  private int[] fingerprints = new int[16];
  private int[] lastUses = new int[16];

  /// What [#mark] packs.
  private byte[] marks = new byte[16];

  /// Slots from here on were never used.
  private int slotLimit;

  /// Requests so far; wraps around.
  private int now;

  private int requestsAtLearning;
  private int untilLearning = FIRST_LEARNING;
  private int untilLearningWas = FIRST_LEARNING;
  private long requests;
  private long untilDecay = LEAST_BETWEEN_DECAYS;
  private int look;

  /// How many entries the cache holds, as far as time scales and ghosts are concerned.
  private long scale = 1;

  private int newcomer;
  private boolean bytesAreShort;
  private int lowest;
  private float lowestRank;

  HitDensityPolicy(long maxWeightBytes, long maxEntries, HitObjective objective, long seed) {
    super(maxWeightBytes, maxEntries);
    this.objective = objective;
    this.random = new Randomness(seed);
    this.table = new HitDensityTable(1);
  }

  @Override
  public String name() {
    return "auto";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    slotLimit = Math.max(slotLimit, slot + 1);
    fingerprints = SlotArrays.cover(fingerprints, slot);
    lastUses = SlotArrays.cover(lastUses, slot);
    marks = SlotArrays.cover(marks, slot);
    lifetimes.set(slot, expiresAtNanos);
    fitScale();
    int fingerprint = GhostTable.fingerprint(keyHash);
    int ghost = ghosts.find(fingerprint);
    int keyClass = 0;
    if (ghost >= 0) {
      keyClass = use(ghosts.mark(ghost), now + 1 - ghosts.lastUse(ghost));
      ghosts.remove(ghost);
    }
    fingerprints[slot] = fingerprint;
    marks[slot] = mark(keyClass, slot);
    lastUses[slot] = now + 1;
    newcomer = slot;
    countRequest();
  }

  @Override
  void accessed(int slot) {
    int keyClass = use(marks[slot], now + 1 - lastUses[slot]);
    marks[slot] = (byte) (marks[slot] & ~CLASS_MASK | keyClass);
    lastUses[slot] = now + 1;
    countRequest();
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    lifetimes.set(slot, expiresAtNanos);
    accessed(slot);
    marks[slot] = mark(keyClass(marks[slot]), slot);
  }

  @Override
  void removed(int slot) {}

  /// Learns from a use at an age.
  ///
  /// @return the key's new class
  private int use(byte mark, int age) {
    int keyClass = keyClass(mark);
    table.addHit(keyClass, age);
    sizes.addHit(size(mark));
    int level = keyClass / HitDensityTable.DISTANCES;
    return raised(level) * HitDensityTable.DISTANCES + table.distance(age);
  }

  /// Surely to levels 1 and 2, then with probability 1/2, 1/4, 1/8.
  private int raised(int level) {
    if (level == HitDensityTable.LEVELS - 1) {
      return level;
    }
    int chances = level < 2 ? 1 : 1 << (level - 1);
    return (random.nextInt() & (chances - 1)) == 0 ? level + 1 : level;
  }

  private byte mark(int keyClass, int slot) {
    int size = SizeEffect.size(weight(slot), Math.max(1, weightBytes() / size()));
    return (byte) (size << CLASS_BITS | keyClass);
  }

  private static int keyClass(byte mark) {
    return mark & CLASS_MASK;
  }

  private static int size(byte mark) {
    return (mark & 0xff) >>> CLASS_BITS;
  }

  private void countRequest() {
    now++;
    lookAround();
    if (--untilLearning <= 0) {
      learn();
    }
    if (--untilDecay <= 0) {
      untilDecay = Math.max(LEAST_BETWEEN_DECAYS, CACHES_BETWEEN_DECAYS * scale);
      table.decay();
      sizes.decay();
    }
  }

  /// Adds to the exposure: a few places of entries and ghosts, spread evenly over all (by multiples of
  /// the golden ratio), each standing for its share.
  private void lookAround() {
    int places = slotLimit + ghosts.places();
    int looks = Math.min(places, LOOKS + LOOKS_OF_SMALL / places);
    float amount = (float) places / looks;
    for (int i = 0; i < looks; i++) {
      look += GOLDEN_RATIO;
      int place = (int) ((Integer.toUnsignedLong(look) * places) >>> 32);
      if (place < slotLimit) {
        if (contains(place)) {
          expose(marks[place], now - lastUses[place], amount);
        }
      } else if (ghosts.isTaken(place - slotLimit)) {
        expose(ghosts.mark(place - slotLimit), now - ghosts.lastUse(place - slotLimit), amount);
      }
    }
  }

  private void expose(byte mark, int age, float amount) {
    int keyClass = keyClass(mark);
    table.addExposure(keyClass, age, amount);
    sizes.addExpected(size(mark), amount * table.hazard(keyClass, age));
  }

  private void learn() {
    table.learn();
    sizes.learn();
    lifetimes.measureRate(Integer.toUnsignedLong(now - requestsAtLearning));
    requestsAtLearning = now;
    requests += untilLearningWas;
    long period = Math.clamp(scale / 2, LEAST_BETWEEN_LEARNING, MOST_BETWEEN_LEARNING);
    untilLearningWas = (int) Math.clamp(requests / 8, FIRST_LEARNING, period);
    untilLearning = untilLearningWas;
  }

  @Override
  int victim(long nowNanos) {
    lifetimes.advanceTo(nowNanos);
    fitGhosts();
    bytesAreShort = weightBytes() > maxWeight() && objective == HitObjective.OBJECTS;
    lowest = SlotLists.NONE;
    lowestRank = Float.POSITIVE_INFINITY;
    if (contains(newcomer)) {
      consider(newcomer);
    }
    if (size() <= ALWAYS_ALL) {
      for (int slot = 0; slot < slotLimit; slot++) {
        if (contains(slot)) {
          consider(slot);
        }
      }
    } else {
      considerPool();
      considerSample();
    }
    ghosts.add(fingerprints[lowest], lastUses[lowest], marks[lowest], now);
    return lowest;
  }

  private void considerPool() {
    int pooled = pool.drain();
    for (int i = 0; i < pooled; i++) {
      int slot = pool.slot(i);
      if (contains(slot)) {
        pool.offer(slot, consider(slot));
      }
    }
  }

  /// Rows of neighbours are cheaper to read, and as good: a newcomer takes its victim's slot, so
  /// neighbours have little in common.
  private void considerSample() {
    int slot = 0;
    for (int i = 0; i < SAMPLES; i++) {
      slot = i % SAMPLES_IN_A_ROW == 0 ? random.nextInt(slotLimit) : slot + 1;
      while (slot >= slotLimit || !contains(slot)) {
        slot = slot >= slotLimit ? 0 : slot + 1;
      }
      pool.offer(slot, consider(slot));
    }
  }

  private float consider(int slot) {
    float rank = rank(slot);
    boolean older = rank == lowestRank && lastUses[slot] - lastUses[lowest] < 0;
    if (rank < lowestRank || older) {
      lowest = slot;
      lowestRank = rank;
    }
    return rank;
  }

  private float rank(int slot) {
    byte mark = marks[slot];
    int age = now - lastUses[slot];
    float rank =
        lifetimes.isEndless(slot) ? table.rank(keyClass(mark), age) : mortalRank(slot, mark, age);
    if (maxWeight() != Long.MAX_VALUE) {
      rank *= sizes.factor(size(mark));
    }
    return bytesAreShort ? rank / weight(slot) : rank;
  }

  private float mortalRank(int slot, byte mark, int age) {
    double remaining = lifetimes.remainingRequests(slot);
    if (remaining == Double.POSITIVE_INFINITY) {
      return table.rank(keyClass(mark), age);
    }
    double discount = 0.5 + 0.5 * remaining / (remaining + DISCOUNT_SPAN * scale);
    return (float) (discount * table.rank(keyClass(mark), age, remaining));
  }

  @Override
  void capacityChanged() {
    fitScale();
  }

  /// A bound on entries alone says how many there will be; else it is how many there are, give or
  /// take a quarter.
  private void fitScale() {
    long target = maxWeight() == Long.MAX_VALUE ? maxEntries() : size();
    boolean near = target <= scale + scale / 4 && target >= scale - scale / 4;
    if (maxWeight() == Long.MAX_VALUE ? target != scale : !near) {
      scale = target;
      table.rescale(scale);
    }
  }

  /// From the first eviction on; no sooner, as a cache that never fills needs no history.
  private void fitGhosts() {
    long entries = Math.min(scale, size());
    long wanted =
        Math.max(
            Math.max(LEAST_GHOSTS, GHOSTS_PER_ENTRY * entries),
            Math.min(GHOSTS_PER_ENTRY_OF_SMALL * entries, GHOSTS_OF_SMALL));
    int places = ghosts.places();
    if (wanted > places || wanted < places / 2) {
      ghosts.resize((int) Math.min(wanted, MOST_GHOSTS), now);
    }
  }

  int ghostPlaces() {
    return ghosts.places();
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    lifetimes.advanceTo(nowNanos);
    long[] byRank = new long[size()];
    int count = 0;
    for (int slot = 0; slot < slotLimit; slot++) {
      if (contains(slot)) {
        byRank[count++] = (long) Float.floatToIntBits(rank(slot)) << 32 | slot;
      }
    }
    Arrays.sort(byRank);
    return Arrays.stream(byRank).mapToInt(packed -> (int) packed).toArray();
  }
}
