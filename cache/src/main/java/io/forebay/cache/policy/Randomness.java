package io.forebay.cache.policy;

/// A small generator (xorshift64*): a policy with one seed repeats itself exactly.
final class Randomness {

  private long state;

  Randomness(long seed) {
    long mixed = Hashing.mix(seed + 0x9e3779b97f4a7c15L);
    this.state = mixed == 0 ? 1 : mixed;
  }

  /// 32 random bits.
  int nextInt() {
    state ^= state >>> 12;
    state ^= state << 25;
    state ^= state >>> 27;
    return (int) ((state * 0x2545f4914f6cdd1dL) >>> 32);
  }

  /// 0 to `bound` - 1.
  int nextInt(int bound) {
    return (int) ((Integer.toUnsignedLong(nextInt()) * bound) >>> 32);
  }
}
