package io.forebay.cache.policy;

/// What entries are worth to [HitDensityPolicy] at one moment: expected hits for each request of
/// time held ([HitDensityTable]); divided by the weight when bytes are short and hits of objects
/// are wanted; of an entry that will expire only hits before its end count, and of equals the one
/// that ends sooner is worth a little less.
final class Worth {

  /// In caches: an entry with that much left is worth three quarters.
  private static final double DISCOUNT_SPAN = 0.125;

  private final Residents residents;
  private final HitDensityLearning learning;
  private final HitDensityTable table;
  private final Lifetimes lifetimes;
  private boolean isPerByte;

  Worth(Residents residents, HitDensityLearning learning, Lifetimes lifetimes) {
    this.residents = residents;
    this.learning = learning;
    this.table = learning.table();
    this.lifetimes = lifetimes;
  }

  void setPerByte(boolean perByte) {
    isPerByte = perByte;
  }

  /// Orders by rank; of equals, what was used longest ago is lower.
  long key(int slot) {
    long state = residents.state(slot);
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
    float rank =
        end == Lifetimes.ENDLESS ? table.rank(keyClass, age) : mortalRank(end, keyClass, age);
    return isPerByte ? rank / residents.get(slot) : rank;
  }

  private float mortalRank(int end, byte keyClass, int age) {
    double remaining = lifetimes.remainingRequests(end);
    if (remaining == Double.POSITIVE_INFINITY) {
      return table.rank(keyClass, age);
    }
    double discount = 0.5 + 0.5 * remaining / (remaining + DISCOUNT_SPAN * learning.scale());
    return (float) (discount * table.rank(keyClass, age, remaining));
  }
}
