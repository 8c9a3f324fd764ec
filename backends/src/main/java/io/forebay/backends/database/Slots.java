package io.forebay.backends.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.values.ValueBytes;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The statements on the table of slots. Every one that changes a slot holds only for the version
/// that its caller saw, and only until a moment by the database's clock: what lies in the socket of
/// a hung server is not done later.
final class Slots {

  private static final int FORMAT = 1;
  private static final long MICROS_PER_MILLI = 1_000;

  private static final String READ =
      "SELECT version, stored, value, forebay_clock() FROM forebay_slots"
          + " WHERE slot = ? AND value IS NOT NULL";

  private static final String LOOK =
      "SELECT forebay_clock(), version, value IS NOT NULL AND expires > forebay_clock()";

  private static final String LOOKED_AT =
      " FROM (SELECT 1 AS one) AS o LEFT JOIN forebay_slots ON slot = ?";

  private static final String TRUSTED = " AND history = forebay_history()";

  private static final String VALUES =
      " ?, coalesce(?, forebay_stamp()), forebay_clock(), forebay_clock() + ?, forebay_clock() + ?,"
          + " forebay_history(), ?, ?";

  private static final String INSERT =
      "INSERT INTO forebay_slots (slot, namespace, cache, key, version, stored, expires, ends,"
          + " history, size, value) SELECT ?, ?, ?,"
          + VALUES
          + " WHERE forebay_clock() <= ? ON CONFLICT (slot) DO NOTHING RETURNING version";

  private static final String UPDATE =
      "UPDATE forebay_slots SET (key, version, stored, expires, ends, history, size, value) ="
          + " (SELECT"
          + VALUES
          + ") WHERE slot = ? AND version = ? AND forebay_clock() <= ? RETURNING version";

  private static final String REMOVE =
      "INSERT INTO forebay_slots (slot, namespace, cache, key, version, stored, expires, ends,"
          + " history, size, value) SELECT ?, ?, ?, ?, forebay_stamp(), forebay_clock(), 0,"
          + " forebay_clock() + ?, forebay_history(), 0, NULL WHERE forebay_clock() <= ?"
          + " ON CONFLICT (slot) DO UPDATE SET version = forebay_stamp(), stored = excluded.stored,"
          + " expires = 0, ends = excluded.ends, history = excluded.history, size = 0,"
          + " value = NULL";

  private static final String CLOCK = "SELECT forebay_clock(), forebay_stamp()";

  private static final String CONTENTS =
      "SELECT coalesce(sum(size), 0), count(*) FROM forebay_slots WHERE size > 0";

  private final String namespace;
  private final String read;
  private final String look;
  private final long fenceMicros;

  /// @param allTrusted whether rows of other histories are as good
  /// @param fenceMicros how long a row stays at least
  Slots(String namespace, boolean allTrusted, long fenceMicros) {
    this.namespace = namespace;
    String trusted = allTrusted ? "" : TRUSTED;
    this.read = READ + trusted;
    this.look = LOOK + trusted + LOOKED_AT;
    this.fenceMicros = fenceMicros;
  }

  byte[] slot(TierKey key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : List.of(namespace, key.cache())) {
        digest.update(part.getBytes(UTF_8));
        digest.update((byte) 0);
      }
      return digest.digest(key.key().getBytes(UTF_8));
    } catch (NoSuchAlgorithmException everyJvmHasIt) {
      throw new IllegalStateException(everyJvmHasIt);
    }
  }

  // ---- looking

  /// A row with a value.
  record Row(TierValue value, long version, long ageMicros) {}

  Optional<Row> read(Statements statements, byte[] slot) throws SQLException {
    return statements.use(
        read,
        select -> {
          select.setBytes(1, slot);
          try (ResultSet found = select.executeQuery()) {
            return found.next() ? row(found) : Optional.empty();
          }
        });
  }

  private static Optional<Row> row(ResultSet found) throws SQLException {
    ByteBuffer bytes = ByteBuffer.wrap(found.getBytes(3));
    if (!bytes.hasRemaining() || bytes.get() != FORMAT) {
      return Optional.empty();
    }
    long version = found.getLong(1);
    long age = found.getLong(4) - found.getLong(2);
    return ValueBytes.read(bytes).map(value -> new Row(value, version, age));
  }

  /// A slot as it was seen.
  ///
  /// @param clock the database's, in microseconds since 1970
  /// @param version of the row; empty if there is none
  /// @param present whether it has a value that lives
  record Seen(long clock, OptionalLong version, boolean present) {

    OptionalLong presentVersion() {
      return present ? version : OptionalLong.empty();
    }
  }

  Seen look(Statements statements, byte[] slot) throws SQLException {
    return statements.use(
        look,
        select -> {
          select.setBytes(1, slot);
          return only(select, Slots::seen);
        });
  }

  private static Seen seen(ResultSet found) throws SQLException {
    long version = found.getLong(2);
    OptionalLong there = found.wasNull() ? OptionalLong.empty() : OptionalLong.of(version);
    return new Seen(found.getLong(1), there, found.getBoolean(3));
  }

  /// What is read from a row.
  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  /// What a query gives that always has one row.
  private static <T> T only(PreparedStatement select, Reading<T> reading) throws SQLException {
    try (ResultSet found = select.executeQuery()) {
      found.next();
      return reading.of(found);
    }
  }

  /// The database's clock, and a number greater than any that it gave before.
  record Moment(long clock, long stamp) {}

  Moment now(Statements statements) throws SQLException {
    return statements.use(
        CLOCK, select -> only(select, row -> new Moment(row.getLong(1), row.getLong(2))));
  }

  // ---- changing

  /// What a slot is to hold.
  ///
  /// @param value null to remove what is there
  /// @param version greater than the one there is; empty for the next stamp
  /// @param notAfter by the database's clock
  record Change(Optional<TierValue> value, OptionalLong version, long notAfter) {}

  /// Changes the slot if it is as it was seen.
  ///
  /// @return its new version; empty if it is not, or it is too late
  OptionalLong change(Statements statements, TierKey key, byte[] slot, Seen seen, Change change)
      throws SQLException {
    return seen.version.isEmpty()
        ? insert(statements, key, slot, change)
        : update(statements, key, slot, seen.version.getAsLong(), change);
  }

  private OptionalLong insert(Statements statements, TierKey key, byte[] slot, Change change)
      throws SQLException {
    return statements.use(
        INSERT,
        insert -> {
          insert.setBytes(1, slot);
          insert.setString(2, namespace);
          insert.setString(3, key.cache());
          bind(insert, 4, key, change);
          insert.setLong(10, change.notAfter);
          return version(insert);
        });
  }

  private OptionalLong update(
      Statements statements, TierKey key, byte[] slot, long version, Change change)
      throws SQLException {
    return statements.use(
        UPDATE,
        update -> {
          bind(update, 1, key, change);
          update.setBytes(7, slot);
          update.setLong(8, version);
          update.setLong(9, change.notAfter);
          return version(update);
        });
  }

  /// The six parameters of [#VALUES].
  private void bind(PreparedStatement statement, int at, TierKey key, Change change)
      throws SQLException {
    statement.setBytes(at, key.key().getBytes(UTF_8));
    if (change.version.isPresent()) {
      statement.setLong(at + 1, change.version.getAsLong());
    } else {
      statement.setNull(at + 1, Types.BIGINT);
    }
    if (change.value.isEmpty()) {
      statement.setLong(at + 2, 0);
      statement.setLong(at + 3, fenceMicros);
      statement.setLong(at + 4, 0);
      statement.setNull(at + 5, Types.BINARY);
      return;
    }
    TierValue value = change.value.get();
    long life =
        value.lifetime().fresh().plus(value.lifetime().stale()).toMillis() * MICROS_PER_MILLI;
    byte[] bytes = ValueBytes.of(value);
    byte[] stored = new byte[bytes.length + 1];
    stored[0] = FORMAT;
    System.arraycopy(bytes, 0, stored, 1, bytes.length);
    statement.setLong(at + 2, life);
    statement.setLong(at + 3, Math.max(life, fenceMicros));
    statement.setLong(at + 4, stored.length);
    statement.setBytes(at + 5, stored);
  }

  private static OptionalLong version(PreparedStatement statement) throws SQLException {
    try (ResultSet changed = statement.executeQuery()) {
      return changed.next() ? OptionalLong.of(changed.getLong(1)) : OptionalLong.empty();
    }
  }

  /// Removes what is in these slots, whatever it is. In the order of slots, so that two who do it
  /// do not wait for each other in a circle.
  ///
  /// @return whether all of it was done; false if it is too late
  boolean removeAll(Statements statements, Collection<TierKey> keys, long notAfter)
      throws SQLException {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Named(TierKey key, byte[] slot) {}
    List<Named> ordered =
        keys.stream()
            .map(key -> new Named(key, slot(key)))
            .sorted(Comparator.comparing(Named::slot, Arrays::compareUnsigned))
            .toList();
    return statements.use(
        REMOVE,
        remove -> {
          for (Named named : ordered) {
            remove.setBytes(1, named.slot);
            remove.setString(2, namespace);
            remove.setString(3, named.key.cache());
            remove.setBytes(4, named.key.key().getBytes(UTF_8));
            remove.setLong(5, fenceMicros);
            remove.setLong(6, notAfter);
            remove.addBatch();
          }
          return Arrays.stream(remove.executeBatch()).allMatch(changed -> changed == 1);
        });
  }

  // ---- housekeeping

  /// Deletes rows that nobody needs any more.
  int sweep(Statements statements, String skippingLocked, int atMost) throws SQLException {
    String sql =
        "DELETE FROM forebay_slots WHERE slot IN (SELECT slot FROM forebay_slots"
            + " WHERE ends < forebay_clock() ORDER BY ends LIMIT ?"
            + skippingLocked
            + ")";
    return statements.use(
        sql,
        delete -> {
          delete.setInt(1, atMost);
          return delete.executeUpdate();
        });
  }

  /// Bytes and number of values in the table.
  record Contents(long bytes, long values) {}

  Contents contents(Statements statements) throws SQLException {
    return statements.use(
        CONTENTS, select -> only(select, row -> new Contents(row.getLong(1), row.getLong(2))));
  }

  /// Takes the value out of the rows that were stored first; the rows stay as long as a fill may
  /// have begun before.
  int evict(Statements statements, String skippingLocked, int atMost) throws SQLException {
    String sql =
        "UPDATE forebay_slots SET value = NULL, size = 0, expires = 0, ends = stored + ?"
            + " WHERE slot IN (SELECT slot FROM forebay_slots WHERE size > 0"
            + " ORDER BY stored LIMIT ?"
            + skippingLocked
            + ")";
    return statements.use(
        sql,
        update -> {
          update.setLong(1, fenceMicros);
          update.setInt(2, atMost);
          return update.executeUpdate();
        });
  }
}
