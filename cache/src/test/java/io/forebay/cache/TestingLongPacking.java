package io.forebay.cache;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Numbers as eight bytes.
final class TestingLongPacking implements Packing<Long> {

  @Override
  public int packedBytes(Long unpacked) {
    return 8;
  }

  @Override
  public void pack(Long unpacked, MemorySegment target, long offset) {
    target.set(JAVA_LONG_UNALIGNED, offset, unpacked);
  }

  @Override
  public Long unpack(MemorySegment source, long offset, int length) {
    return source.get(JAVA_LONG_UNALIGNED, offset);
  }
}
