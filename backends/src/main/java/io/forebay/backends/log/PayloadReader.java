package io.forebay.backends.log;

import io.forebay.cache.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Takes a frame's payload apart.
final class PayloadReader {

  private final ByteBuffer payload;

  PayloadReader(ByteBuffer payload) {
    this.payload = payload;
  }

  int kind() {
    need(1);
    return payload.get();
  }

  long number() {
    need(Long.BYTES);
    return payload.getLong();
  }

  /// How many bytes, or things of at least a byte each, follow.
  int size() {
    need(Integer.BYTES);
    int size = payload.getInt();
    if (size < 0 || size > payload.remaining()) {
      throw new RecordCodec.Malformed("a size of " + size);
    }
    return size;
  }

  String text() {
    byte[] utf8 = new byte[size()];
    payload.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  Instant time() {
    long seconds = number();
    need(Integer.BYTES);
    return Instant.ofEpochSecond(seconds, payload.getInt());
  }

  Position position() {
    return new Position(number(), number());
  }

  private void need(int bytes) {
    if (payload.remaining() < bytes) {
      throw new RecordCodec.Malformed("it ends too early");
    }
  }
}
