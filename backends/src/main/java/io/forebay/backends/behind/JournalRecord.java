package io.forebay.backends.behind;

import io.forebay.backends.values.ValueBytes;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// One record of the journal.
///
/// As bytes, big-endian: kind (1 byte), number (8), version (8), time (8), then cache and key as
/// UTF-8 behind their lengths (4), then, of a write, the value.
sealed interface JournalRecord {

  int WRITE = 1;
  int REMOVAL = 2;
  int SETTLED = 3;

  TierKey key();

  /// Something to be done.
  record ToDo(Pending pending) implements JournalRecord {
    @Override
    public TierKey key() {
      return pending.key();
    }
  }

  /// Nothing is to be done any more of what was accepted for the key, up to a number.
  record Settled(TierKey key, long upTo) implements JournalRecord {}

  private static ByteBuffer head(
      int kind, long number, long version, long time, TierKey key, int more) {
    byte[] cache = key.cache().getBytes(StandardCharsets.UTF_8);
    byte[] name = key.key().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + 3 * Long.BYTES + 8 + cache.length + name.length + more)
        .put((byte) kind)
        .putLong(number)
        .putLong(version)
        .putLong(time)
        .putInt(cache.length)
        .put(cache)
        .putInt(name.length)
        .put(name);
  }

  default byte[] bytes() {
    return switch (this) {
      case Settled(TierKey key, long upTo) -> head(SETTLED, upTo, 0, 0, key, 0).array();
      case ToDo(Pending(var key, long number, long version, long accepted, var value)) -> {
        if (value.isEmpty()) {
          yield head(REMOVAL, number, version, accepted, key, 0).array();
        }
        byte[] bytes = ValueBytes.of(value.get());
        yield head(WRITE, number, version, accepted, key, bytes.length).put(bytes).array();
      }
    };
  }

  /// Reads one; empty if the bytes make no sense.
  static Optional<JournalRecord> read(ByteBuffer in) {
    try {
      int kind = in.get();
      long number = in.getLong();
      long version = in.getLong();
      long time = in.getLong();
      TierKey key = new TierKey(text(in), text(in));
      return switch (kind) {
        case WRITE -> {
          Optional<TierValue> value = ValueBytes.read(in);
          yield value.map(of -> new ToDo(new Pending(key, number, version, time, Optional.of(of))));
        }
        case REMOVAL ->
            Optional.of(new ToDo(new Pending(key, number, version, time, Optional.empty())));
        case SETTLED -> Optional.of(new Settled(key, number));
        default -> Optional.empty();
      };
    } catch (BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
