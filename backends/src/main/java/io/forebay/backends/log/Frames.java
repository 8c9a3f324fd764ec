package io.forebay.backends.log;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The envelope of everything in a segment of a log or journal, big-endian:
///
/// ```
/// magic (4 bytes) | length of payload (4) | CRC32C over length and payload (4) | payload
/// ```
///
/// The magic lets a reader look for further frames behind a broken one: with some, the file was
/// damaged; without, the last write was cut short.
public final class Frames {

  static final int MAGIC = 0x46624A31; // "FbJ1"
  public static final int HEADER_BYTES = 12;

  /// Larger than any batch that the API takes.
  public static final int MAX_PAYLOAD_BYTES = 64 << 20;

  private Frames() {}

  public static ByteBuffer wrap(byte[] payload) {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("a frame of " + payload.length + " bytes");
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    frame.putInt(MAGIC).putInt(payload.length).putInt(checksum(ByteBuffer.wrap(payload)));
    return frame.put(payload).flip();
  }

  /// The payload of the frame at the buffer's position, which moves behind it; empty, without
  /// moving, if no whole and intact frame is there.
  public static Optional<ByteBuffer> next(ByteBuffer file) {
    int at = file.position();
    if (file.remaining() < HEADER_BYTES || file.getInt(at) != MAGIC) {
      return Optional.empty();
    }
    int length = file.getInt(at + 4);
    if (length < 0 || length > file.remaining() - HEADER_BYTES) {
      return Optional.empty();
    }
    ByteBuffer payload = file.slice(at + HEADER_BYTES, length);
    if (checksum(payload.duplicate()) != file.getInt(at + 8)) {
      return Optional.empty();
    }
    file.position(at + HEADER_BYTES + length);
    return Optional.of(payload);
  }

  /// Whether an intact frame begins anywhere behind the buffer's position.
  public static boolean anyBehind(ByteBuffer file) {
    ByteBuffer look = file.duplicate();
    for (int at = file.position() + 1; at <= file.limit() - HEADER_BYTES; at++) {
      if (look.getInt(at) == MAGIC && next(look.position(at)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static int checksum(ByteBuffer payload) {
    CRC32C crc = new CRC32C();
    int length = payload.remaining();
    crc.update(length >>> 24);
    crc.update(length >>> 16);
    crc.update(length >>> 8);
    crc.update(length);
    crc.update(payload);
    return (int) crc.getValue();
  }
}
