package io.forebay.server.caches;

import io.forebay.cache.Packing;
import java.util.Arrays;
import java.util.Objects;

/// A value and what kind of data it is. Immutable: the bytes must not be changed by whoever made or
/// reads it.
public final class StoredValue {

  /// How it is kept outside the heap.
  public static final Packing<StoredValue> PACKING = new StoredValuePacking();

  private static final int OBJECT_BYTES = 24;
  private static final int TEXT_BYTES = 24;
  private static final int ARRAY_HEADER_BYTES = 16;

  private final byte[] bytes;
  private final String contentType;

  /// @param bytes not copied
  /// @param contentType a media type: `text/plain; charset=utf-8`
  public StoredValue(byte[] bytes, String contentType) {
    this.bytes = bytes;
    this.contentType = contentType;
  }

  /// Not a copy: read only.
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  public String contentType() {
    return contentType;
  }

  /// Heap bytes of a key and its value on a 64-bit JVM with compressed pointers: objects start at
  /// multiples of 8 bytes, a text is 24 bytes and its array, an array's header is 16 bytes.
  public static long weigh(String key, StoredValue value) {
    return OBJECT_BYTES
        + textBytes(key)
        + textBytes(value.contentType)
        + arrayBytes(value.bytes.length);
  }

  private static long textBytes(String text) {
    boolean latin1 = text.chars().allMatch(c -> c < 0x100);
    return TEXT_BYTES + arrayBytes(latin1 ? text.length() : 2L * text.length());
  }

  private static long arrayBytes(long content) {
    return (ARRAY_HEADER_BYTES + content + 7) & ~7L;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredValue that
        && contentType.equals(that.contentType)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(contentType, Arrays.hashCode(bytes));
  }

  /// Without the bytes: this may end up in a log.
  @Override
  public String toString() {
    return "StoredValue[" + bytes.length + " bytes, " + contentType + "]";
  }
}
