package io.forebay.cache.policy;

/// How [HitDensityPolicy] learns: a use of an entry or ghost adds a hit at its class and age; to
/// know how many keys were at that class and age *without* being used, it looks at a few places of
/// entries and ghosts in turn, and adds what they stand for.
///
/// **Looks.** One for each request, two where bytes are bounded, more in small caches. In large
/// ones they are made 16 in a row, a row at a time: an eighth of the cache lines, and as good, as
/// neighbours have little in common (a newcomer takes its victim's slot, a ghost's place is by its
/// hash).
///
/// **Ranks** are derived anew every half cache of misses (400 to 20,000, a hit being half a miss;
/// more often at first); counts fade by a tenth every ten caches.
final class HitDensityLearning {

  private static final int LOOKS_IN_A_ROW = 16;
  private static final int LOOKS_OF_SMALL = 6_000;

  /// Of 2^32.
  private static final int GOLDEN_RATIO = 0x9e3779b9;

  private static final int FIRST_LEARNING = 100;
  private static final int LEAST_BETWEEN_LEARNING = 400;
  private static final int MOST_BETWEEN_LEARNING = 20_000;
  private static final int LEAST_BETWEEN_DECAYS = 1_000;
  private static final int CACHES_BETWEEN_DECAYS = 10;

  private final HitDensityTable table = new HitDensityTable(1);
  private final Residents residents;
  private final GhostTable ghosts;
  private final Lifetimes lifetimes;
  private final Randomness random;

  /// Requests so far; wraps around.
  private int now;

  /// How many entries the cache holds, as far as time scales are concerned.
  private long scale = 1;

  private int looksPerRequest = 1;
  private int untilLook;
  private int look;

  /// In halves of a miss; a hit is one half.
  private int untilLearning = 2 * FIRST_LEARNING;

  /// The time of the latest learning.
  private int learnedAt;

  /// Requests up to the latest learning.
  private long requests;

  private long untilDecay = LEAST_BETWEEN_DECAYS;

  HitDensityLearning(
      Residents residents, GhostTable ghosts, Lifetimes lifetimes, Randomness random) {
    this.residents = residents;
    this.ghosts = ghosts;
    this.lifetimes = lifetimes;
    this.random = random;
  }

  HitDensityTable table() {
    return table;
  }

  int now() {
    return now;
  }

  /// @param looks a divisor of 16
  void setLooksPerRequest(int looks) {
    looksPerRequest = looks;
  }

  long scale() {
    return scale;
  }

  void rescale(long entries) {
    scale = entries;
    table.rescale(entries);
  }

  /// Learns from a use, in the next request, of a key last used at some time.
  ///
  /// @return the key's new class
  byte use(byte keyClass, int lastUse) {
    int age = now + 1 - lastUse;
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

  /// A request was counted in; looks around and learns when it is time to.
  ///
  /// @return whether ranks are new
  boolean countRequest(boolean isMiss) {
    now++;
    if (--untilLook <= 0) {
      lookAround();
    }
    if (--untilDecay <= 0) {
      untilDecay = Math.max(LEAST_BETWEEN_DECAYS, CACHES_BETWEEN_DECAYS * scale);
      table.decay();
    }
    untilLearning -= isMiss ? 2 : 1;
    if (untilLearning > 0) {
      return false;
    }
    learn();
    return true;
  }

  private void lookAround() {
    int places = residents.used() + ghosts.places();
    boolean isSmall = places < LOOKS_OF_SMALL;
    untilLook = isSmall ? 1 : LOOKS_IN_A_ROW / looksPerRequest;
    int looks = Math.min(places, looksPerRequest * untilLook + LOOKS_OF_SMALL / places);
    float amount = (float) places / looks * untilLook;
    int place = nextPlace(places);
    for (int i = 0; i < looks; i++) {
      expose(place, amount);
      if (isSmall) {
        place = nextPlace(places);
      } else {
        place = place + 1 == places ? 0 : place + 1;
      }
    }
  }

  /// Spread evenly over all, by multiples of the golden ratio.
  private int nextPlace(int places) {
    look += GOLDEN_RATIO;
    return (int) ((Integer.toUnsignedLong(look) * places) >>> 32);
  }

  private void expose(int place, float amount) {
    int ghost = place - residents.used();
    if (ghost < 0) {
      long state = residents.state(place);
      if (state != 0) {
        table.addExposure(Residents.keyClass(state), now - Residents.lastUse(state), amount);
      }
    } else if (ghosts.isTaken(ghost)) {
      table.addExposure(ghosts.keyClass(ghost), now - ghosts.lastUse(ghost), amount);
    }
  }

  private void learn() {
    table.learn();
    int elapsed = now - learnedAt;
    learnedAt = now;
    requests += elapsed;
    lifetimes.measureRate(elapsed);
    long period = Math.clamp(scale / 2, LEAST_BETWEEN_LEARNING, MOST_BETWEEN_LEARNING);
    untilLearning = 2 * (int) Math.clamp(requests / 8, FIRST_LEARNING, period);
  }
}
