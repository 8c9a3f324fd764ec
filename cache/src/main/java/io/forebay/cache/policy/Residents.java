package io.forebay.cache.policy;

/// What [HitDensityPolicy] knows of each slot, in 16 bytes that lie in one place, as a look at a
/// random slot costs one cache line then:
///
/// - the **state**, 64 bits: request of the last use (32), end of life ([Lifetimes], 24), whether
///   it is a candidate (1), whether something is there (1), class of [HitDensityTable] (6). 0 where
///   nothing is;
/// - the weight (32) and the fingerprint of the key ([GhostTable], 32).
final class Residents implements Weights {

  private static final long CLASS = 63;
  private static final long PRESENT = 64;
  private static final long CANDIDATE = 128;
  private static final int END_SHIFT = 8;
  private static final long END = (long) Lifetimes.LARGEST_END << END_SHIFT;

  /// By twice the slot, the state; after it the weight, above the fingerprint.
  private final LongColumn records = new LongColumn();

  /// Slots from here on were never used.
  private int used;

  @Override
  public int get(int slot) {
    return (int) (records.get(2 * slot + 1) >>> 32);
  }

  @Override
  public void set(int slot, int weight) {
    int at = 2 * slot + 1;
    records.set(at, (long) weight << 32 | (records.get(at) & 0xffff_ffffL));
  }

  @Override
  public void cover(int slot) {
    if (slot < 0 || slot >= 1 << 30) {
      throw new IllegalArgumentException("slot " + slot + " is negative or too large");
    }
    records.cover(2 * slot + 1);
    used = Math.max(used, slot + 1);
  }

  @Override
  public int limit() {
    return records.limit() >>> 1;
  }

  /// One more than the highest slot that was ever used.
  int used() {
    return used;
  }

  int fingerprint(int slot) {
    return (int) records.get(2 * slot + 1);
  }

  void setFingerprint(int slot, int fingerprint) {
    int at = 2 * slot + 1;
    records.set(
        at, (records.get(at) & 0xffff_ffff_0000_0000L) | Integer.toUnsignedLong(fingerprint));
  }

  /// 0 where nothing is.
  long state(int slot) {
    return records.get(2 * slot);
  }

  void setState(int slot, long state) {
    records.set(2 * slot, state);
  }

  void clearState(int slot) {
    setState(slot, 0);
  }

  /// Of an entry that is no candidate.
  static long state(int lastUse, byte keyClass, int end) {
    return (long) lastUse << 32 | (long) end << END_SHIFT | PRESENT | keyClass;
  }

  /// Another last use and class; all else as it was.
  static long reused(long state, int lastUse, byte keyClass) {
    return (state & (END | CANDIDATE | PRESENT)) | (long) lastUse << 32 | keyClass;
  }

  static long ending(long state, int end) {
    return (state & ~END) | (long) end << END_SHIFT;
  }

  static int lastUse(long state) {
    return (int) (state >>> 32);
  }

  static byte keyClass(long state) {
    return (byte) (state & CLASS);
  }

  static int end(long state) {
    return (int) ((state & END) >>> END_SHIFT);
  }

  static boolean isCandidate(long state) {
    return (state & CANDIDATE) != 0;
  }

  void markCandidate(int slot) {
    setState(slot, state(slot) | CANDIDATE);
  }

  /// Where nothing is, nothing changes.
  void unmarkCandidate(int slot) {
    setState(slot, state(slot) & ~CANDIDATE);
  }
}
