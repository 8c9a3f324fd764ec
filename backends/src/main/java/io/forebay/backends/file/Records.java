package io.forebay.backends.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.values.ValueBytes;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What lies in a segment behind its head, big-endian, each record padded to a multiple of eight
/// bytes:
///
/// ```
/// magic (4) | length of all (4) | CRC32C of all behind it (4) | kind (1): a value or a removal
///   | version (8) | stored, and end of life, µs since 1970 (8 each) | length of key (4) | key
///   | value ([ValueBytes])
/// ```
///
/// Of the records of one key, the last one counts.
final class Records {

  static final int MAGIC = 0x46625431; // "FbT1"
  static final int ALIGNMENT = 8;

  /// In front of the key.
  static final int HEAD_BYTES = 3 * 4 + 1 + 3 * 8 + 4;

  private static final int AT_LENGTH = 4;
  private static final int AT_CHECKSUM = 8;
  private static final int AT_KIND = 12;
  private static final int AT_VERSION = 13;
  private static final int AT_STORED = 21;
  private static final int AT_EXPIRES = 29;
  private static final int AT_KEY_LENGTH = 37;

  private static final byte VALUE = 1;
  private static final byte REMOVAL = 2;

  private Records() {}

  /// Cache and key as one.
  static byte[] name(TierKey key) {
    byte[] cache = key.cache().getBytes(UTF_8);
    byte[] rest = key.key().getBytes(UTF_8);
    byte[] name = Arrays.copyOf(cache, cache.length + 1 + rest.length);
    System.arraycopy(rest, 0, name, cache.length + 1, rest.length);
    return name;
  }

  // ---- writing

  /// A record of a value, but for version and times.
  static ByteBuffer ofValue(byte[] name, TierValue value) {
    return unfinished(VALUE, name, ValueBytes.of(value));
  }

  static ByteBuffer ofRemoval(byte[] name) {
    return unfinished(REMOVAL, name, new byte[0]);
  }

  private static ByteBuffer unfinished(byte kind, byte[] name, byte[] value) {
    int length = padded(HEAD_BYTES + name.length + value.length);
    ByteBuffer record = ByteBuffer.allocate(length);
    record.putInt(MAGIC).putInt(length).putInt(0).put(kind);
    record.putLong(0).putLong(0).putLong(0);
    record.putInt(name.length).put(name).put(value);
    return record.clear();
  }

  static int padded(int length) {
    return Math.ceilDiv(length, ALIGNMENT) * ALIGNMENT;
  }

  /// Fills in the rest of it.
  static void finish(ByteBuffer record, long version, long stored, long expires) {
    record.putLong(AT_VERSION, version).putLong(AT_STORED, stored).putLong(AT_EXPIRES, expires);
    record.putInt(AT_CHECKSUM, checksum(record));
  }

  private static int checksum(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.duplicate().position(AT_KIND));
    return (int) crc.getValue();
  }

  // ---- reading

  /// What is in front of a record's value.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Head(boolean isValue, long version, long stored, long expires, byte[] name, int valueAt) {}

  /// The length of the record that begins here, by its own account, padded; empty if none does, or
  /// it is longer than `most`.
  static Optional<Integer> length(ByteBuffer bytes, int at, int most) {
    if (bytes.limit() - at < HEAD_BYTES || bytes.getInt(at) != MAGIC) {
      return Optional.empty();
    }
    int length = bytes.getInt(at + AT_LENGTH);
    return length >= HEAD_BYTES && length <= most && length % ALIGNMENT == 0
        ? Optional.of(length)
        : Optional.empty();
  }

  /// The head of the record that fills the buffer; empty if it is damaged.
  static Optional<Head> intact(ByteBuffer record) {
    return checksum(record) == record.getInt(AT_CHECKSUM) ? head(record) : Optional.empty();
  }

  /// The head of the record that the buffer begins with, whether or not the rest is intact.
  static Optional<Head> head(ByteBuffer record) {
    int nameLength = record.getInt(AT_KEY_LENGTH);
    byte kind = record.get(AT_KIND);
    if (nameLength < 1
        || nameLength > record.limit() - HEAD_BYTES
        || (kind != VALUE && kind != REMOVAL)) {
      return Optional.empty();
    }
    byte[] name = new byte[nameLength];
    record.get(HEAD_BYTES, name);
    return Optional.of(
        new Head(
            kind == VALUE,
            record.getLong(AT_VERSION),
            record.getLong(AT_STORED),
            record.getLong(AT_EXPIRES),
            name,
            HEAD_BYTES + nameLength));
  }

  /// The value behind the head; the padding behind it is ignored.
  static Optional<TierValue> value(ByteBuffer record, Head head) {
    return ValueBytes.readPadded(record.duplicate().position(head.valueAt), ALIGNMENT - 1);
  }
}
