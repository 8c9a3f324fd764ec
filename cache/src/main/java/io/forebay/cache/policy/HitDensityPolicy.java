package io.forebay.cache.policy;

import java.util.Arrays;

/// `auto`: learns how soon keys come back, and evicts what is worth least.
///
/// **Idea.** Each entry is of a class (how often it was used, and the distance between its last two
/// uses) and has an age (requests since its last use). [HitDensityTable] learns for every class and
/// age how likely the next request is to be for such a key, from entries and from *ghosts*
/// ([GhostTable]: keys evicted lately), and derives what holding an entry is worth: expected hits
/// for each unit of time held. A loop, a scan, favourites and bursts each get the order that suits
/// them without being recognized as such.
///
/// **What an entry is worth** is that index; divided by its weight when bytes are short and hits of
/// objects are wanted; of an entry that will expire only hits before its end count, and of equals
/// the one that ends sooner is worth a little less.
///
/// **Learning.** A use of an entry or ghost adds a hit at its class and age. To know how many keys
/// were at that class and age *without* being used, each request looks at a few tracked keys in
/// turn (at two, at more in small caches) and adds what they stand for. Ranks are derived anew
/// every half cache of misses (200 to 20,000, a hit being half a miss; more often at first); counts
/// fade by a tenth every ten caches.
///
/// **Eviction.** The lowest rank among 16 entries drawn at random (32 where weights differ), the 16
/// lowest of earlier draws ([CandidatePool]), and the newcomer: so that a newcomer worth less than
/// anything seen is refused. Up to 24 entries are all looked at. After a large shrink slots are
/// sparse, and a draw walks over the empty ones.
///
/// **Cost.** A hit: two looks, in the drain; a miss: these and about 20 ranks. **Memory.** 16 bytes
/// a slot (20 once there are lifetimes); ghosts of nine bytes each, two for each entry and at least
/// 512, in caches below 16,384 entries up to 20 for each entry but at most 32,768; 45 KB of tables.
///
/// Related: Beckmann, Chen, Cidon, "LHD: improving cache hit rate by maximizing hit density", NSDI
/// 2018. Ghosts, sampled exposure, shrinkage and the Gittins index are what differs.
final class HitDensityPolicy extends WeighedPolicy {

  private static final int SAMPLES = 16;
  private static final int SAMPLES_BY_WEIGHT = 32;
  private static final int POOL = 16;
  private static final int SAMPLES_IN_A_ROW = 8;
  private static final int ALWAYS_ALL = 24;

  private static final int EVICTIONS_BETWEEN_REKEYING = 16;
  private static final int LOOKS = 2;
  private static final int LOOKS_OF_SMALL = 6_000;

  private static final int GHOSTS_PER_ENTRY = 2;
  private static final int GHOSTS_PER_ENTRY_OF_SMALL = 20;
  private static final int GHOSTS_OF_SMALL = 32_768;
  private static final int LEAST_GHOSTS = 512;

  private static final int MOST_ENTRIES_WITH_GHOSTS = 1 << 27;

  /// The parts of a state below the time of the last use.
  private static final long CLASS = 63;

  private static final long PRESENT = 64;

  /// The slot is in the pool, or was when its last entry left.
  private static final long POOLED = 128;

  /// Of 2^32.
  private static final int GOLDEN_RATIO = 0x9e3779b9;

  /// In caches: an entry with that much left is worth three quarters.
  private static final double DISCOUNT_SPAN = 0.125;

  private static final int FIRST_LEARNING = 100;
  private static final int LEAST_BETWEEN_LEARNING = 200;
  private static final int MOST_BETWEEN_LEARNING = 20_000;
  private static final int LEAST_BETWEEN_DECAYS = 1_000;
  private static final int CACHES_BETWEEN_DECAYS = 10;

  private final HitObjective objective;
  private final Randomness random;
  private final HitDensityTable table;
  private final Lifetimes lifetimes = new Lifetimes();
  private final GhostTable ghosts = new GhostTable(GhostTable.BUCKET);
  private final CandidatePool pool = new CandidatePool(POOL);
  private final int[] outdated = new int[POOL];

  private int[] fingerprints = new int[16];

  /// By slot: request of the last use, above [#PRESENT] and the class of [HitDensityTable]; 0 where
  /// nothing is. In one array, as these are what a look at a random slot reads.
  private long[] states = new long[16];

  /// Slots from here on were never used.
  private int slotLimit;

  /// Requests so far; wraps around.
  private int now;

  /// In halves of a miss; a hit is one half.
  private int untilLearning = 2 * FIRST_LEARNING;

  /// The time of the latest learning.
  private int learnedAt;

  /// Requests up to the latest learning.
  private long requests;

  private long untilDecay = LEAST_BETWEEN_DECAYS;
  private int look;

  /// How many entries the cache holds, as far as time scales and ghosts are concerned.
  private long scale = 1;

  private int newcomer;
  private boolean bytesAreShort;

  /// Evictions until the pool's keys, as of when they were drawn, are looked at again.
  private int untilRekeying;

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
    states = SlotArrays.cover(states, slot);
    lifetimes.set(slot, expiresAtNanos);
    fitScale();
    int fingerprint = GhostTable.fingerprint(keyHash);
    int ghost = ghosts.find(fingerprint);
    byte keyClass = 0;
    if (ghost >= 0) {
      keyClass = use(ghosts.keyClass(ghost), now + 1 - ghosts.lastUse(ghost));
      ghosts.remove(ghost);
    }
    fingerprints[slot] = fingerprint;
    states[slot] = state(now + 1, keyClass);
    newcomer = slot;
    countRequest(true);
  }

  @Override
  void accessed(int slot) {
    long state = states[slot];
    states[slot] =
        state(now + 1, use(keyClass(state), now + 1 - lastUse(state))) | (state & POOLED);
    countRequest(false);
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    lifetimes.set(slot, expiresAtNanos);
    accessed(slot);
  }

  @Override
  void removed(int slot) {
    states[slot] = 0;
  }

  private static long state(int lastUse, byte keyClass) {
    return (long) lastUse << 32 | PRESENT | keyClass;
  }

  private static int lastUse(long state) {
    return (int) (state >>> 32);
  }

  private static byte keyClass(long state) {
    return (byte) (state & CLASS);
  }

  /// Learns from a use at an age.
  ///
  /// @return the key's new class
  private byte use(byte keyClass, int age) {
    table.addHit(keyClass, age);
    int level = keyClass / HitDensityTable.DISTANCES;
    return (byte) (raised(level) * HitDensityTable.DISTANCES + table.distance(age));
  }

  /// Surely to levels 1 and 2, then with probability 1/2, 1/4, 1/8.
  private int raised(int level) {
    if (level == HitDensityTable.LEVELS - 1) {
      return level;
    }
    int chances = level < 2 ? 1 : 1 << (level - 1);
    return (random.nextInt() & (chances - 1)) == 0 ? level + 1 : level;
  }

  private void countRequest(boolean isMiss) {
    now++;
    lookAround();
    untilLearning -= isMiss ? 2 : 1;
    if (untilLearning <= 0) {
      learn();
    }
    if (--untilDecay <= 0) {
      untilDecay = Math.max(LEAST_BETWEEN_DECAYS, CACHES_BETWEEN_DECAYS * scale);
      table.decay();
    }
  }

  /// Adds to the exposure: a few places of entries and ghosts, spread evenly over all (by multiples
  /// of the golden ratio), each standing for its share.
  private void lookAround() {
    int places = slotLimit + ghosts.places();
    int looks = Math.min(places, LOOKS + LOOKS_OF_SMALL / places);
    float amount = (float) places / looks;
    for (int i = 0; i < looks; i++) {
      look += GOLDEN_RATIO;
      int place = (int) ((Integer.toUnsignedLong(look) * places) >>> 32);
      if (place < slotLimit) {
        long state = states[place];
        if (state != 0) {
          table.addExposure(keyClass(state), now - lastUse(state), amount);
        }
      } else {
        exposeGhost(place - slotLimit, amount);
      }
    }
  }

  private void exposeGhost(int place, float amount) {
    if (ghosts.isTaken(place)) {
      table.addExposure(ghosts.keyClass(place), now - ghosts.lastUse(place), amount);
    }
  }

  private void learn() {
    table.learn();
    untilRekeying = 0;
    int elapsed = now - learnedAt;
    learnedAt = now;
    requests += elapsed;
    lifetimes.measureRate(elapsed);
    long period = Math.clamp(scale / 2, LEAST_BETWEEN_LEARNING, MOST_BETWEEN_LEARNING);
    untilLearning = 2 * (int) Math.clamp(requests / 8, FIRST_LEARNING, period);
  }

  @Override
  int victim(long nowNanos) {
    lifetimes.advanceTo(nowNanos);
    fitGhosts();
    bytesAreShort = areBytesShort();
    int lowest = size() <= ALWAYS_ALL ? lowestOfAll() : lowestOfSampleAndPool();
    if (contains(newcomer) && key(newcomer) < key(lowest)) {
      offer(lowest);
      lowest = newcomer;
    }
    long state = states[lowest];
    states[lowest] = 0;
    ghosts.add(fingerprints[lowest], lastUse(state), keyClass(state), now);
    return lowest;
  }

  private boolean areBytesShort() {
    return weightBytes() > maxWeight() && objective == HitObjective.OBJECTS;
  }

  private int lowestOfAll() {
    int lowest = SlotLists.NONE;
    long lowestKey = Long.MAX_VALUE;
    for (int slot = 0; slot < slotLimit; slot++) {
      if (states[slot] != 0 && key(slot) < lowestKey) {
        lowest = slot;
        lowestKey = key(slot);
      }
    }
    return lowest;
  }

  /// Rows of neighbours are cheaper to read, and as good: a newcomer takes its victim's slot, so
  /// neighbours have little in common.
  private int lowestOfSampleAndPool() {
    if (--untilRekeying <= 0) {
      untilRekeying = EVICTIONS_BETWEEN_REKEYING;
      rekeyPool();
    }
    int samples = maxWeight() == Long.MAX_VALUE ? SAMPLES : SAMPLES_BY_WEIGHT;
    int slot = 0;
    for (int i = 0; i < samples; i++) {
      slot = i % SAMPLES_IN_A_ROW == 0 ? random.nextInt(slotLimit) : slot + 1;
      while (slot >= slotLimit || states[slot] == 0) {
        slot = slot >= slotLimit ? 0 : slot + 1;
      }
      if ((states[slot] & POOLED) == 0) {
        offer(slot);
      }
    }
    return takeLowestOfPool();
  }

  private void offer(int slot) {
    long key = key(slot);
    if (pool.wants(key)) {
      states[slot] |= POOLED;
      int dropped = pool.add(slot, key);
      if (dropped >= 0) {
        states[dropped] &= ~POOLED;
      }
    }
  }

  private void rekeyPool() {
    int count = pool.size();
    for (int i = 0; i < count; i++) {
      outdated[i] = pool.takeLowest();
    }
    for (int i = 0; i < count; i++) {
      if (states[outdated[i]] != 0) {
        offer(outdated[i]);
      }
    }
  }

  /// Keys are as of when they were drawn; whether the lowest was used or removed since is looked at
  /// when it comes up. There is one: the sample just drawn is among them.
  private int takeLowestOfPool() {
    while (true) {
      long noted = pool.lowestKey();
      int slot = pool.takeLowest();
      if (states[slot] == 0) {
        continue;
      }
      long key = key(slot);
      if (key <= noted || pool.size() == 0 || key <= pool.lowestKey()) {
        states[slot] &= ~POOLED;
        return slot;
      }
      pool.add(slot, key);
    }
  }

  /// Orders by rank; of equals, what was used longest ago is lower.
  private long key(int slot) {
    long state = states[slot];
    return (long) Float.floatToRawIntBits(rank(slot, state)) << 32 | state >>> 32;
  }

  private float rank(int slot, long state) {
    byte keyClass = keyClass(state);
    int age = now - lastUse(state);
    float rank =
        lifetimes.isEndless(slot) ? table.rank(keyClass, age) : mortalRank(slot, keyClass, age);
    return bytesAreShort ? rank / weight(slot) : rank;
  }

  private float mortalRank(int slot, byte keyClass, int age) {
    double remaining = lifetimes.remainingRequests(slot);
    if (remaining == Double.POSITIVE_INFINITY) {
      return table.rank(keyClass, age);
    }
    double discount = 0.5 + 0.5 * remaining / (remaining + DISCOUNT_SPAN * scale);
    return (float) (discount * table.rank(keyClass, age, remaining));
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
    long entries = Math.min(Math.min(scale, size()), MOST_ENTRIES_WITH_GHOSTS);
    long wanted =
        Math.max(
            Math.max(LEAST_GHOSTS, GHOSTS_PER_ENTRY * entries),
            Math.min(GHOSTS_PER_ENTRY_OF_SMALL * entries, GHOSTS_OF_SMALL));
    int places = ghosts.places();
    if (wanted > places || wanted < places / 2) {
      ghosts.resize((int) wanted, now);
    }
  }

  /// Expected hits for each unit of room and time.
  float rankOf(int slot) {
    bytesAreShort = areBytesShort();
    return rank(slot, states[slot]);
  }

  int ghostPlaces() {
    return ghosts.places();
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    lifetimes.advanceTo(nowNanos);
    bytesAreShort = areBytesShort();
    long[] byRank = new long[size()];
    int count = 0;
    for (int slot = 0; slot < slotLimit; slot++) {
      if (contains(slot)) {
        byRank[count++] = (long) Float.floatToRawIntBits(rank(slot, states[slot])) << 32 | slot;
      }
    }
    Arrays.sort(byRank);
    return Arrays.stream(byRank).mapToInt(packed -> (int) packed).toArray();
  }
}
