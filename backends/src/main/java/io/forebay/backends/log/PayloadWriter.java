package io.forebay.backends.log;

import io.forebay.cache.Position;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Collects a frame's payload.
final class PayloadWriter {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  PayloadWriter kind(int kind) {
    bytes.write(kind);
    return this;
  }

  PayloadWriter number(long value) {
    bytes.write(number.putLong(0, value).array(), 0, Long.BYTES);
    return this;
  }

  PayloadWriter size(int size) {
    bytes.write(number.putInt(0, size).array(), 0, Integer.BYTES);
    return this;
  }

  PayloadWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    size(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  /// Nanoseconds are added to the seconds since 1970.
  PayloadWriter time(Instant time) {
    number(time.getEpochSecond());
    return size(time.getNano());
  }

  PayloadWriter position(Position position) {
    return number(position.epoch()).number(position.n());
  }

  int sizeBytes() {
    return bytes.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
