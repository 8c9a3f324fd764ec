package io.forebay.backends.file;

/// Where a record lies, as one number that is not negative: the segment's number (25 bits), the
/// offset in units of eight bytes (30 bits), and about how long the record is (8 bits).
final class Place {

  private static final int OFFSET_BITS = 30;
  private static final int LENGTH_BITS = 8;
  private static final int MOST_UNITS = (1 << LENGTH_BITS) - 1;
  private static final int UNIT = 512;

  static final int MOST_SEGMENTS = 1 << 25;

  private Place() {}

  static long of(int segment, int offset, int length) {
    int units = Math.min(MOST_UNITS, Math.ceilDiv(length, UNIT));
    return (((long) segment << OFFSET_BITS) | (offset / Records.ALIGNMENT)) << LENGTH_BITS | units;
  }

  static int segment(long place) {
    return (int) (place >>> (OFFSET_BITS + LENGTH_BITS));
  }

  static int offset(long place) {
    return (int) (place >>> LENGTH_BITS & ((1L << OFFSET_BITS) - 1)) * Records.ALIGNMENT;
  }

  /// So many bytes are the whole record, unless it is longer than all that can be said.
  static int firstBytes(long place) {
    return (int) (place & MOST_UNITS) * UNIT;
  }
}
