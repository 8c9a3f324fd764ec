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
/// **Parts.** [Residents] is what is known of entries, [HitDensityLearning] how uses become ranks,
/// [Worth] what an entry is worth now, its weight and lifetime included, and [VictimSearch] how one
/// of the least is found. The newcomer is compared with it, so that one worth less than anything
/// seen is refused.
///
/// **Cost.** A hit: one look, in the drain, or two where bytes are bounded; a miss: these and about
/// 12 ranks, or 36. **Memory.** 16 bytes a slot, lifetimes included; ghosts of eight bytes each,
/// two for each entry and at least 512, in caches below 16,384 entries up to 20 for each entry but
/// at most 32,768; 45 KB of tables.
///
/// Related: Beckmann, Chen, Cidon, "LHD: improving cache hit rate by maximizing hit density", NSDI
/// 2018. Ghosts, sampled exposure, shrinkage and the Gittins index are what differs.
final class HitDensityPolicy extends WeighedPolicy {

  private static final int SAMPLES = 8;
  private static final int SAMPLES_BY_WEIGHT = 32;
  private static final int LOOKS = 1;
  private static final int LOOKS_BY_WEIGHT = 2;

  private static final int GHOSTS_PER_ENTRY = 2;
  private static final int GHOSTS_PER_ENTRY_OF_SMALL = 20;
  private static final int GHOSTS_OF_SMALL = 32_768;
  private static final int LEAST_GHOSTS = 512;
  private static final int MOST_ENTRIES_WITH_GHOSTS = 1 << 27;

  private final Residents residents;
  private final Lifetimes lifetimes = new Lifetimes();
  private final GhostTable ghosts = new GhostTable(LEAST_GHOSTS);
  private final HitDensityLearning learning;
  private final Worth worth;
  private final VictimSearch search;
  private int newcomer;

  HitDensityPolicy(long maxWeightBytes, long maxEntries, HitObjective objective, long seed) {
    this(maxWeightBytes, maxEntries, objective, seed, new Residents());
  }

  private HitDensityPolicy(
      long maxWeightBytes,
      long maxEntries,
      HitObjective objective,
      long seed,
      Residents residents) {
    super(maxWeightBytes, maxEntries, residents);
    this.residents = residents;
    Randomness random = new Randomness(seed);
    learning = new HitDensityLearning(residents, ghosts, lifetimes, random);
    fitLooks();
    worth = new Worth(residents, learning, lifetimes, objective);
    search = new VictimSearch(residents, worth, random);
  }

  @Override
  public String name() {
    return "auto";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    fitScale();
    int fingerprint = GhostTable.fingerprint(keyHash);
    int ghost = ghosts.find(fingerprint);
    byte keyClass = 0;
    if (ghost >= 0) {
      keyClass = learning.use(ghosts.keyClass(ghost), ghosts.lastUse(ghost));
      ghosts.remove(ghost);
    }
    residents.setFingerprint(slot, fingerprint);
    residents.setState(
        slot, Residents.state(learning.now() + 1, keyClass, lifetimes.end(expiresAtNanos)));
    newcomer = slot;
    countRequest(true);
  }

  @Override
  void accessed(int slot) {
    long state = residents.state(slot);
    byte keyClass = learning.use(Residents.keyClass(state), Residents.lastUse(state));
    residents.setState(slot, Residents.reused(state, learning.now() + 1, keyClass));
    countRequest(false);
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    int end = lifetimes.end(expiresAtNanos);
    residents.setState(slot, Residents.ending(residents.state(slot), end));
    accessed(slot);
  }

  @Override
  void removed(int slot) {
    residents.clearState(slot);
  }

  private void countRequest(boolean isMiss) {
    if (learning.countRequest(isMiss)) {
      search.ranksChanged();
    }
  }

  @Override
  int victim(long nowNanos) {
    fitGhosts();
    lookAt(nowNanos);
    int samples = isBoundedInBytes() ? SAMPLES_BY_WEIGHT : SAMPLES;
    int lowest = search.find(size(), samples);
    if (contains(newcomer) && worth.key(newcomer) < worth.key(lowest)) {
      search.offer(lowest);
      lowest = newcomer;
    }
    long state = residents.state(lowest);
    residents.clearState(lowest);
    ghosts.add(
        residents.fingerprint(lowest),
        Residents.lastUse(state),
        Residents.keyClass(state),
        learning.now());
    return lowest;
  }

  private void lookAt(long nowNanos) {
    lifetimes.advanceTo(nowNanos);
    worth.setBytesShort(areBytesShort());
  }

  /// Whether the bound on bytes is nearer than that on entries. Not whether it is exceeded: the
  /// engine also evicts to make room for what is yet to come, or for another cache of the node.
  private boolean areBytesShort() {
    return isBoundedInBytes()
        && (double) weightBytes() / maxWeight() >= (double) size() / maxEntries();
  }

  private boolean isBoundedInBytes() {
    return maxWeight() != Long.MAX_VALUE;
  }

  @Override
  void capacityChanged() {
    fitScale();
    fitLooks();
  }

  private void fitLooks() {
    learning.setLooksPerRequest(isBoundedInBytes() ? LOOKS_BY_WEIGHT : LOOKS);
  }

  /// A bound on entries alone says how many there will be; else it is how many there are, give or
  /// take a quarter.
  private void fitScale() {
    long target = isBoundedInBytes() ? size() : maxEntries();
    long scale = learning.scale();
    boolean isNear = target <= scale + scale / 4 && target >= scale - scale / 4;
    if (isBoundedInBytes() ? !isNear : target != scale) {
      learning.rescale(target);
    }
  }

  /// From the first eviction on; no sooner, as a cache that never fills needs no history. Moves
  /// with the scale, hence in steps of a quarter at least where there is no bound on entries.
  private void fitGhosts() {
    long entries = Math.min(learning.scale(), MOST_ENTRIES_WITH_GHOSTS);
    long wanted =
        Math.max(
            Math.max(LEAST_GHOSTS, GHOSTS_PER_ENTRY * entries),
            Math.min(GHOSTS_PER_ENTRY_OF_SMALL * entries, GHOSTS_OF_SMALL));
    int places = ghosts.places();
    if (wanted > places || wanted < places / 2) {
      ghosts.resize((int) wanted, learning.now());
    }
  }

  /// Expected hits for each unit of room and time.
  float rankOf(int slot) {
    lookAt(0);
    return worth.rank(slot);
  }

  int ghostPlaces() {
    return ghosts.places();
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    lookAt(nowNanos);
    long[] byRank = new long[size()];
    int count = 0;
    for (int slot = 0; slot < residents.used(); slot++) {
      if (contains(slot)) {
        byRank[count++] = (long) Float.floatToRawIntBits(worth.rank(slot)) << 32 | slot;
      }
    }
    Arrays.sort(byRank);
    return Arrays.stream(byRank).mapToInt(packed -> (int) packed).toArray();
  }
}
