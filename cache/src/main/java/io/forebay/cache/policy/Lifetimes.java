package io.forebay.cache.policy;

/// When entries will expire, in 24 bits each, and how many requests there are in the time that is
/// left.
///
/// Ends are kept in units of 2^26 ns (67 ms), rounded up, modulo 2^24; lifetimes above 2^23 units
/// (6.5 days) are taken for endless, as no entry's worth depends on them.
final class Lifetimes {

  static final int LARGEST_END = (1 << 24) - 1;

  static final int ENDLESS = 0;

  private static final int UNIT_BITS = 26;
  private static final long LONGEST_UNITS = 1L << 23;
  private static final int SIGN_SHIFT = 8;

  private long latestNanos;
  private long rateStartNanos;

  /// 0 until known.
  private float requestsPerUnit;

  /// @return [#ENDLESS], or what [#remainingRequests] takes
  int end(long expiresAtNanos) {
    if (expiresAtNanos == EvictionPolicy.NEVER) {
      return ENDLESS;
    }
    long units = (expiresAtNanos >>> UNIT_BITS) + 1;
    if (units - (latestNanos >>> UNIT_BITS) >= LONGEST_UNITS) {
      return ENDLESS;
    }
    return Math.max(1, (int) units & LARGEST_END);
  }

  void advanceTo(long nowNanos) {
    latestNanos = Math.max(latestNanos, nowNanos);
  }

  /// So many requests came since this was last called.
  void measureRate(long requests) {
    double units = Math.scalb((double) (latestNanos - rateStartNanos), -UNIT_BITS);
    if (units > 0) {
      float measured = (float) (requests / units);
      requestsPerUnit = requestsPerUnit == 0 ? measured : 0.7f * requestsPerUnit + 0.3f * measured;
      rateStartNanos = latestNanos;
    }
  }

  boolean isRateKnown() {
    return requestsPerUnit != 0;
  }

  /// Requests until then at the rate known; 0 when it has passed.
  float remainingRequests(int end) {
    int difference = end - (int) (latestNanos >>> UNIT_BITS);
    int units = difference << SIGN_SHIFT >> SIGN_SHIFT; // modulo 2^24, signed
    return Math.max(0, units) * requestsPerUnit;
  }
}
