package io.forebay.cache;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Integers as four bytes.
final class TestingIntegerPacking implements Packing<Integer> {

  @Override
  public int packedBytes(Integer unpacked) {
    return 4;
  }

  @Override
  public void pack(Integer unpacked, MemorySegment target, long offset) {
    target.set(JAVA_INT_UNALIGNED, offset, unpacked);
  }

  @Override
  public Integer unpack(MemorySegment source, long offset, int length) {
    return source.get(JAVA_INT_UNALIGNED, offset);
  }
}
