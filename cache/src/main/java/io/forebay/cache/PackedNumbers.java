package io.forebay.cache;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// Non-negative numbers in as many bytes as they need: seven bits in each, lowest first, the high
/// bit set in all but the last (LEB128).
final class PackedNumbers {

  /// Of a `long` that is not negative.
  static final int LONGEST = 9;

  private PackedNumbers() {}

  /// How many bytes it takes.
  static int bytes(long number) {
    return (63 - Long.numberOfLeadingZeros(number | 1)) / 7 + 1;
  }

  /// @return where what follows begins
  static long write(MemorySegment target, long offset, long number) {
    long at = offset;
    long left = number;
    while (left >= 0x80) {
      target.set(JAVA_BYTE, at++, (byte) (left | 0x80));
      left >>>= 7;
    }
    target.set(JAVA_BYTE, at++, (byte) left);
    return at;
  }

  static long read(MemorySegment source, long offset) {
    long number = 0;
    for (int i = 0; i < LONGEST; i++) {
      byte part = source.get(JAVA_BYTE, offset + i);
      number |= (long) (part & 0x7F) << (7 * i);
      if (part >= 0) {
        break;
      }
    }
    return number;
  }

  /// A number that says how many bytes follow.
  ///
  /// @throws IllegalStateException if there are not so many
  static int readLength(MemorySegment source, long offset) {
    long length = read(source, offset);
    if (length > source.byteSize() - offset) {
      throw new IllegalStateException("a length of " + length + " leads out of the slab");
    }
    return (int) length;
  }
}
