package io.forebay.backends.values;

import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.tier.TierValue;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A value as bytes, big-endian: type, position of its load, lifetime in milliseconds, tags,
/// metadata, length of the content, and the content, unless it lies elsewhere. Texts are UTF-8
/// behind their length.
public final class ValueBytes {

  private ValueBytes() {}

  /// All of it.
  public static byte[] of(TierValue value) {
    return write(value, value.bytes());
  }

  /// All but the content.
  public static byte[] withoutContent(TierValue value) {
    return write(value, new byte[0]);
  }

  private static byte[] write(TierValue value, byte[] content) {
    byte[] type = utf8(value.type());
    List<byte[]> texts = new ArrayList<>(value.tags().size() + 2 * value.metadata().size());
    value.tags().forEach(tag -> texts.add(utf8(tag)));
    value
        .metadata()
        .forEach((name, text) -> {
          texts.add(utf8(name));
          texts.add(utf8(text));
        });
    int size = 4 + type.length + 4 * 8 + 3 * 4 + content.length;
    for (byte[] text : texts) {
      size += 4 + text.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putInt(type.length).put(type);
    out.putLong(value.loadBegan().epoch()).putLong(value.loadBegan().n());
    out.putLong(value.lifetime().fresh().toMillis()).putLong(value.lifetime().stale().toMillis());
    out.putInt(value.tags().size()).putInt(value.metadata().size());
    texts.forEach(text -> out.putInt(text.length).put(text));
    out.putInt(value.bytes().length).put(content);
    return out.array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The value at the buffer's position; all that is left of it is read. Empty if the bytes make no
  /// sense.
  public static Optional<TierValue> read(ByteBuffer in) {
    return read(in, true, Integer.MAX_VALUE, 0);
  }

  /// The same, with up to so many bytes behind it that mean nothing.
  public static Optional<TierValue> readPadded(ByteBuffer in, int padding) {
    return read(in, true, Integer.MAX_VALUE, padding);
  }

  /// The same, of bytes [#withoutContent]: the content has the right length and is to be filled in.
  ///
  /// @param longest content of more bytes makes no sense
  public static Optional<TierValue> readWithoutContent(ByteBuffer in, int longest) {
    return read(in, false, longest, 0);
  }

  private static Optional<TierValue> read(ByteBuffer in, boolean inside, int longest, int padding) {
    try {
      String type = text(in);
      Position began = new Position(in.getLong(), in.getLong());
      Lifetime lifetime =
          new Lifetime(Duration.ofMillis(in.getLong()), Duration.ofMillis(in.getLong()));
      int tagCount = count(in);
      int pairs = count(in);
      List<String> tags = new ArrayList<>();
      for (int i = 0; i < tagCount; i++) {
        tags.add(text(in));
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      for (int i = 0; i < pairs; i++) {
        metadata.put(text(in), text(in));
      }
      int length = in.getInt();
      int behind = in.remaining() - (inside ? length : 0);
      if (length < 0 || length > longest || behind < 0 || behind > padding) {
        return Optional.empty();
      }
      byte[] content = new byte[length];
      if (inside) {
        in.get(content);
      }
      return Optional.of(new TierValue(type, content, tags, metadata, lifetime, began));
    } catch (BufferUnderflowException | IllegalArgumentException broken) {
      return Optional.empty();
    }
  }

  /// Of things of at least four bytes each.
  private static int count(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / 4) {
      throw new IllegalArgumentException("a count of " + count);
    }
    return count;
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
}
