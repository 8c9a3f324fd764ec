package io.forebay.server.caches;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.forebay.cache.Packing;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Stored values as bytes: one that names the media type, the type itself if it is not a common one
/// (after its length), and the content. A type that makes it longer than what is packed keeps the
/// value an object.
final class StoredValuePacking implements Packing<StoredValue> {

  /// Their places are their numbers, in memory only: the order may change from version to version.
  private static final List<String> COMMON_TYPES =
      List.of(
          "application/octet-stream",
          "application/json",
          "application/json; charset=utf-8",
          "text/plain",
          "text/plain; charset=utf-8",
          "text/html",
          "text/html; charset=utf-8",
          "application/xml",
          "application/x-www-form-urlencoded",
          "image/png",
          "image/jpeg",
          "image/webp",
          "application/msgpack",
          "application/x-protobuf");

  private static final byte OTHER = (byte) 0xFF;
  private static final Packing<String> TEXT = Packing.ofText();
  private static final int LENGTH_BYTES = 2;

  @Override
  public int packedBytes(StoredValue value) {
    int type = COMMON_TYPES.contains(value.contentType()) ? 0 : LENGTH_BYTES + typeBytes(value);
    return 1 + type + value.length();
  }

  private static int typeBytes(StoredValue value) {
    return TEXT.packedBytes(value.contentType());
  }

  @Override
  public void pack(StoredValue value, MemorySegment target, long offset) {
    int common = COMMON_TYPES.indexOf(value.contentType());
    long at = offset + 1;
    if (common >= 0) {
      target.set(JAVA_BYTE, offset, (byte) common);
    } else {
      int typeBytes = typeBytes(value);
      target.set(JAVA_BYTE, offset, OTHER);
      target.set(JAVA_BYTE, offset + 1, (byte) (typeBytes >>> 8));
      target.set(JAVA_BYTE, offset + 2, (byte) typeBytes);
      TEXT.pack(value.contentType(), target, offset + 1 + LENGTH_BYTES);
      at += LENGTH_BYTES + typeBytes;
    }
    MemorySegment.copy(value.bytes(), 0, target, JAVA_BYTE, at, value.length());
  }

  @Override
  public StoredValue unpack(MemorySegment source, long offset, int length) {
    byte common = source.get(JAVA_BYTE, offset);
    int before = 1;
    String type;
    if (common == OTHER) {
      int typeBytes =
          ((source.get(JAVA_BYTE, offset + 1) & 0xFF) << 8)
              | (source.get(JAVA_BYTE, offset + 2) & 0xFF);
      type = TEXT.unpack(source, offset + 1 + LENGTH_BYTES, typeBytes);
      before += LENGTH_BYTES + typeBytes;
    } else {
      type = COMMON_TYPES.get(common);
    }
    byte[] bytes = new byte[length - before];
    MemorySegment.copy(source, JAVA_BYTE, offset + before, bytes, 0, bytes.length);
    return new StoredValue(bytes, type);
  }
}
