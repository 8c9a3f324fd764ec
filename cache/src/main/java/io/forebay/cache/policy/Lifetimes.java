package io.forebay.cache.policy;

/// When entries will expire, in four bytes a slot from the first entry that does, and how many
/// requests there are in the time that is left.
///
/// Time is kept in units of 2^20 ns, about a millisecond; lifetimes above 2^30 units (13 days) are
/// taken for endless, as no entry's worth depends on them.
final class Lifetimes {

  private static final int UNIT_BITS = 20;
  private static final long LONGEST_UNITS = 1L << 30;
  private static final int ENDLESS = 0;

  /// By slot; odd numbers stand for the unit before, so that none is 0.
  private int[] ends = new int[0];

  private long latestNanos;
  private long rateStartNanos;

  /// 0 until known.
  private double requestsPerUnit;

  void set(int slot, long expiresAtNanos) {
    if (expiresAtNanos == EvictionPolicy.NEVER) {
      if (slot < ends.length) {
        ends[slot] = ENDLESS;
      }
      return;
    }
    ends = SlotArrays.cover(ends, slot);
    long units = expiresAtNanos >>> UNIT_BITS;
    boolean far = units - (latestNanos >>> UNIT_BITS) > LONGEST_UNITS;
    ends[slot] = far ? ENDLESS : (int) units | 1;
  }

  boolean isEndless(int slot) {
    return slot >= ends.length || ends[slot] == ENDLESS;
  }

  void advanceTo(long nowNanos) {
    latestNanos = Math.max(latestNanos, nowNanos);
  }

  /// So many requests came since this was last called.
  void measureRate(long requests) {
    double units = Math.scalb((double) (latestNanos - rateStartNanos), -UNIT_BITS);
    if (units > 0) {
      double measured = requests / units;
      requestsPerUnit = requestsPerUnit == 0 ? measured : 0.7 * requestsPerUnit + 0.3 * measured;
      rateStartNanos = latestNanos;
    }
  }

  /// Requests until the slot's entry expires; 0 when it has, infinite when no rate is known.
  double remainingRequests(int slot) {
    int units = ends[slot] - (int) (latestNanos >>> UNIT_BITS);
    if (units <= 0) {
      return 0;
    }
    return requestsPerUnit == 0 ? Double.POSITIVE_INFINITY : units * requestsPerUnit;
  }
}
