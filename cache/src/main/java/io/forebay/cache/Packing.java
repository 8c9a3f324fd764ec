package io.forebay.cache;

import java.lang.foreign.MemorySegment;

/// How keys or values become bytes, for caches that keep them outside the heap
/// ([CacheBuilder#packed]).
///
/// All methods must be pure; they are called by many threads.
///
/// @param <T> immutable
public interface Packing<T> {

  /// Texts, one byte a character where all are below U+0100, else two; and one byte more.
  static Packing<String> ofText() {
    return TextPacking.INSTANCE;
  }

  /// How many bytes [#pack] will write for it; zero or more.
  int packedBytes(T unpacked);

  /// Writes exactly [#packedBytes] bytes from `offset` on.
  void pack(T unpacked, MemorySegment target, long offset);

  /// Makes an equal object from what [#pack] wrote; must not keep `source`.
  ///
  /// It may be called while another thread changes these bytes. What it answers or throws is then
  /// thrown away; but it must end, and allocate no more than a small multiple of `length`.
  T unpack(MemorySegment source, long offset, int length);

  /// Whether the bytes are those of `unpacked`. Keys only.
  default boolean matches(T unpacked, MemorySegment source, long offset, int length) {
    return unpacked.equals(unpack(source, offset, length));
  }
}
