package io.forebay.backends.memcached;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.values.ValueBytes;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// What a slot's item holds, big-endian:
///
/// ```
/// "FM1" | version (8) | process that wrote it (8) | its monotonic clock (8) | its wall clock, ms (8)
///       | seconds that the item lives (4) | length of the key (4), key if the name is hashed
///       | pieces' id (8) | number of pieces (4) | value ([ValueBytes]), without content if in pieces
/// ```
///
/// An empty item is a place that was made to compare with: nothing is there.
///
/// @param version of the slot
/// @param stamp when it was stored
/// @param pieces where the content lies
record Item(long version, Stamp stamp, Pieces pieces, TierValue value) {

  private static final byte[] FORMAT = {'F', 'M', '1'};
  private static final int HEAD_BYTES = 3 + 4 * 8 + 2 * 4;
  private static final int LONGEST_CONTENT = 512 << 20;

  /// When an item was stored, by the clocks of whoever wrote it.
  ///
  /// @param writer a number of the process, of which `nanos` is the clock
  /// @param seconds that the item was to live
  record Stamp(long writer, long nanos, long wallMillis, int seconds) {

    /// Its age, rather too long than too short. Exact for whoever wrote it. Others know how many
    /// seconds are left of it by the server's clock, which ticks once a second; and the clock of a
    /// server that was stopped for a while lags for a moment, which the wall clocks show if they
    /// agree.
    Duration age(Stamp now, long secondsLeft) {
      if (now.writer == writer) {
        return Duration.ofNanos(now.nanos - nanos);
      }
      long byServer = 1_000 * (seconds - secondsLeft + 1);
      return Duration.ofMillis(Math.max(byServer, now.wallMillis - wallMillis));
    }
  }

  /// Content that is too long for one item.
  ///
  /// @param count zero if the content lies in the item itself
  record Pieces(long id, int count) {}

  byte[] bytes(TierKey key, boolean withKey) {
    byte[] name = withKey ? name(key) : new byte[0];
    byte[] content = pieces.count == 0 ? ValueBytes.of(value) : ValueBytes.withoutContent(value);
    return ByteBuffer.allocate(HEAD_BYTES + name.length + 12 + content.length)
        .put(FORMAT)
        .putLong(version)
        .putLong(stamp.writer)
        .putLong(stamp.nanos)
        .putLong(stamp.wallMillis)
        .putInt(stamp.seconds)
        .putInt(name.length)
        .put(name)
        .putLong(pieces.id)
        .putInt(pieces.count)
        .put(content)
        .array();
  }

  private static byte[] name(TierKey key) {
    return (key.cache() + ":" + key.key()).getBytes(UTF_8);
  }

  /// Takes an item apart; empty if it is none that this version wrote, or is that of another key
  /// with the same hash.
  static Optional<Item> read(byte[] item, TierKey key, boolean withKey) {
    try {
      ByteBuffer in = ByteBuffer.wrap(item);
      byte[] format = new byte[FORMAT.length];
      in.get(format);
      if (!Arrays.equals(format, FORMAT)) {
        return Optional.empty();
      }
      long version = in.getLong();
      Stamp stamp = new Stamp(in.getLong(), in.getLong(), in.getLong(), in.getInt());
      int nameLength = in.getInt();
      if (nameLength < 0 || nameLength > in.remaining()) {
        return Optional.empty();
      }
      byte[] name = new byte[nameLength];
      in.get(name);
      if (withKey && !Arrays.equals(name, name(key))) {
        return Optional.empty();
      }
      Pieces pieces = new Pieces(in.getLong(), in.getInt());
      Optional<TierValue> value =
          pieces.count == 0
              ? ValueBytes.read(in)
              : ValueBytes.readWithoutContent(in, LONGEST_CONTENT);
      return value.map(found -> new Item(version, stamp, pieces, found));
    } catch (BufferUnderflowException broken) {
      return Optional.empty();
    }
  }
}
