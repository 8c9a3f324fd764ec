package io.forebay.cache.policy;

/// What entries are worth to [HitDensityPolicy] at one moment: expected hits for each request of
/// time held ([HitDensityTable]); when bytes are short, divided by the room it takes; of an entry
/// that will expire only hits before its end count, and of equals the one that ends sooner is worth
/// a little less.
final class Worth {

  /// In caches: an entry with that much left is worth three quarters.
  private static final float DISCOUNT_SPAN = 0.125f;

  private final Residents residents;
  private final HitDensityLearning learning;
  private final HitDensityTable table;
  private final Lifetimes lifetimes;
  private final HitObjective objective;
  private boolean areBytesShort;

  Worth(
      Residents residents,
      HitDensityLearning learning,
      Lifetimes lifetimes,
      HitObjective objective) {
    this.objective = objective;
    this.residents = residents;
    this.learning = learning;
    this.table = learning.table();
    this.lifetimes = lifetimes;
  }

  void setBytesShort(boolean bytesShort) {
    areBytesShort = bytesShort;
  }

  /// Orders by rank; of equals, what was used longest ago is lower.
  long key(int slot) {
    return key(slot, residents.state(slot));
  }

  /// The same, for who has read the slot's state already.
  long key(int slot, long state) {
    return (long) Float.floatToRawIntBits(rank(slot, state)) << 32 | state >>> 32;
  }

  /// At least 0.
  float rank(int slot) {
    return rank(slot, residents.state(slot));
  }

  private float rank(int slot, long state) {
    byte keyClass = Residents.keyClass(state);
    int age = learning.now() - Residents.lastUse(state);
    int end = Residents.end(state);
    if (end != Lifetimes.ENDLESS && lifetimes.isRateKnown()) {
      return mortalRank(slot, keyClass, age, lifetimes.remainingRequests(end));
    }
    float rank = table.rank(keyClass, age);
    return areBytesShort ? rank / room(slot) : rank;
  }

  /// For hits of objects, the weight. For hits of bytes the weight would cancel out, if what is
  /// large came back as often as its class does; it comes back less often, and the fourth root was
  /// better on every trace with sizes.
  private float room(int slot) {
    int weight = residents.get(slot);
    return switch (objective) {
      case OBJECTS -> weight;
      case BYTES -> (float) Math.sqrt(Math.sqrt(weight));
    };
  }

  /// One division, as divisions are most of what this takes.
  private float mortalRank(int slot, byte keyClass, int age, float remaining) {
    float span = DISCOUNT_SPAN * learning.scale();
    float worth = table.rank(keyClass, age, remaining) * (remaining + span / 2);
    float room = areBytesShort ? room(slot) : 1;
    return worth / ((remaining + span) * room);
  }
}
