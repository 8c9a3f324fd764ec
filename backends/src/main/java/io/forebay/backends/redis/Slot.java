package io.forebay.backends.redis;

import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.tier.TierValue;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a value looks in Redis: a head of 80 bytes of text, which `change.lua` writes and explains,
/// then what it does not look at: type, position, lifetime, tags, metadata, length of the content,
/// and the content, unless it lies in pieces.
final class Slot {

  static final int HEAD_BYTES = 80;

  /// Longer content lies in pieces, so that no command carries much more.
  static final int PIECE_BYTES = 512 << 10;

  private Slot() {}

  /// @param value without content if it lies in pieces
  record Read(
      TierValue value, long version, long storedMicros, String run, String pieces, int count) {

    int length() {
      return value.bytes().length;
    }
  }

  /// What a value's slot holds beside its head.
  static byte[] rest(TierValue value, boolean inPieces) {
    Writer out = new Writer();
    out.text(value.type());
    out.number(value.loadBegan().epoch()).number(value.loadBegan().n());
    out.number(value.lifetime().fresh().toMillis()).number(value.lifetime().stale().toMillis());
    out.size(value.tags().size());
    value.tags().forEach(out::text);
    out.size(value.metadata().size());
    value.metadata().forEach((name, text) -> out.text(name).text(text));
    out.size(value.bytes().length);
    if (!inPieces) {
      out.bytes.writeBytes(value.bytes());
    }
    return out.bytes.toByteArray();
  }

  /// Takes a slot apart; empty if it is none that this version wrote.
  static Optional<Read> read(byte[] slot) {
    if (slot.length < HEAD_BYTES || slot[0] != 'F' || slot[1] != '1' || slot[2] != 'V') {
      return Optional.empty();
    }
    try {
      String head = new String(slot, 0, HEAD_BYTES, StandardCharsets.ISO_8859_1);
      int pieces = Integer.parseInt(head.substring(75, 80));
      ByteBuffer in = ByteBuffer.wrap(slot, HEAD_BYTES, slot.length - HEAD_BYTES);
      TierValue value = value(in, pieces > 0);
      return Optional.of(
          new Read(
              value,
              Long.parseLong(head.substring(3, 19)),
              Long.parseLong(head.substring(19, 35)),
              head.substring(51, 59),
              head.substring(59, 75),
              pieces));
    } catch (BufferUnderflowException | IllegalArgumentException broken) {
      return Optional.empty();
    }
  }

  private static TierValue value(ByteBuffer in, boolean inPieces) {
    String type = text(in);
    Position began = new Position(in.getLong(), in.getLong());
    Lifetime lifetime =
        new Lifetime(Duration.ofMillis(in.getLong()), Duration.ofMillis(in.getLong()));
    int tagCount = in.getInt();
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < tagCount; i++) {
      tags.add(text(in));
    }
    int pairs = in.getInt();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (int i = 0; i < pairs; i++) {
      metadata.put(text(in), text(in));
    }
    int length = in.getInt();
    if (length < 0 || (!inPieces && length != in.remaining())) {
      throw new IllegalArgumentException("a length of " + length);
    }
    byte[] content = new byte[length];
    if (!inPieces) {
      in.get(content);
    }
    return new TierValue(type, content, tags, metadata, lifetime, began);
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a text of " + length + " bytes");
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final ByteBuffer scratch = ByteBuffer.allocate(Long.BYTES);

    Writer number(long value) {
      bytes.write(scratch.putLong(0, value).array(), 0, Long.BYTES);
      return this;
    }

    Writer size(int value) {
      bytes.write(scratch.putInt(0, value).array(), 0, Integer.BYTES);
      return this;
    }

    Writer text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      size(utf8.length);
      bytes.writeBytes(utf8);
      return this;
    }
  }
}
