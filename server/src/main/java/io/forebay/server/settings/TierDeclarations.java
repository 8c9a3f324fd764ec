package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.CAPACITY;
import static io.forebay.server.settings.CommonTypes.FOLDER;
import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.byteSize;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.parsed;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.backends.behind.WriteBehindSettings;
import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.packing.EncryptionKeys;
import io.forebay.cache.tier.WriteMode;
import io.forebay.server.caches.TierChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What lies behind caches, and where each kind of it is; Redis is in [FleetDeclarations].
final class TierDeclarations {

  private TierDeclarations() {}

  private static final SettingType<TierChoice> TIER =
      parsed("one of " + TierChoice.names(), TierChoice::named, TierChoice::text);

  private static final SettingType<String> NAMESPACE =
      text(
          "a name of 1 to 48 letters, digits, dots, dashes or underscores",
          Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,47}"));

  private static final SettingType<Duration> LONGEST_FILL =
      duration(Duration.ofSeconds(1), Duration.ofHours(1));

  private static final SettingType<Duration> LONGEST_LIFE =
      duration(Duration.ofSeconds(1), Duration.ofDays(365));

  static final Setting<TierChoice> ENTRIES_TIER =
      Setting.of(
          "entries.tier",
          TIER,
          TierChoice.NONE,
          "What lies behind caches of keys and values that do not say: memory (nothing), redis,"
              + " memcached, database or file.");

  static final Setting<TierChoice> PAGES_TIER =
      Setting.of(
          "proxy.pages_tier",
          TIER,
          TierChoice.NONE,
          "What lies behind the proxy's pages; as entries.tier.");

  /// Of a cache.
  static final Setting<Optional<TierChoice>> CACHE_TIER =
      Setting.of(
          "tier",
          optional(TIER),
          Optional.empty(),
          "What lies behind it; without it, entries.tier.");

  static final Setting<Optional<MemcachedServers>> MEMCACHED_URL =
      Setting.of(
              "memcached.url",
              optional(
                  parsed(
                      "Memcached servers: memcached://host:11211, with commas between several,"
                          + " and user:password@ before them if they ask for it",
                      MemcachedServers::parse,
                      MemcachedServers::toString)),
              Optional.<MemcachedServers>empty(),
              "The Memcached (1.6 or newer) that lies behind caches whose tier is memcached; each"
                  + " key lies on one of the servers.")
          .asSecret();

  static final Setting<String> MEMCACHED_NAMESPACE =
      Setting.of(
          "memcached.namespace",
          NAMESPACE,
          "forebay",
          "What names of items begin with; the same on all nodes that share.");

  static final Setting<Duration> MEMCACHED_DEADLINE =
      Setting.of(
          "memcached.deadline",
          TIMEOUT,
          MemcachedSettings.DEFAULT_DEADLINE,
          "How long a request waits for Memcached; then it goes on without.");

  static final Setting<Duration> MEMCACHED_CONNECT_TIMEOUT =
      Setting.of(
          "memcached.connect_timeout",
          TIMEOUT,
          MemcachedSettings.DEFAULT_CONNECT_TIMEOUT,
          "How long opening a connection to Memcached may take.");

  static final Setting<Long> MEMCACHED_MAX_CALLS =
      Setting.of(
          "memcached.max_calls",
          integer(16, 100_000),
          (long) MemcachedSettings.DEFAULT_MAX_CALLS,
          "Commands under way at most, for each server; beyond it requests go on without.");

  static final Setting<Duration> MEMCACHED_LONGEST_LIFE =
      Setting.of(
          "memcached.longest_life",
          duration(Duration.ofHours(1), MemcachedSettings.LONGEST_LIFE),
          MemcachedSettings.DEFAULT_LONGEST_LIFE,
          "How long a value stays in Memcached at most; invalidations of tags are remembered as"
              + " long.");

  static final Setting<Duration> MEMCACHED_LONGEST_FILL =
      Setting.of(
          "memcached.longest_fill",
          LONGEST_FILL,
          MemcachedSettings.DEFAULT_LONGEST_FILL,
          "How long finding a value at its source may take for it to be kept in Memcached.");

  static final Setting<Optional<DatabaseUrl>> DATABASE_URL =
      Setting.of(
              "database.url",
              optional(
                  parsed(
                      "a database: sqlite:path/of/a/file, or"
                          + " postgres://user:password@host:5432/database (also postgresql:, and"
                          + " jdbc: before it)",
                      DatabaseUrl::parse,
                      DatabaseUrl::toString)),
              Optional.<DatabaseUrl>empty(),
              "The database that lies behind caches whose tier is database; without it,"
                  + " a SQLite file in data.dir.")
          .asSecret();

  static final Setting<String> DATABASE_NAMESPACE =
      Setting.of(
          "database.namespace",
          NAMESPACE,
          "forebay",
          "What tells nodes apart who share a table and no values; the same on all nodes that"
              + " share values.");

  static final Setting<Duration> DATABASE_DEADLINE =
      Setting.of(
          "database.deadline",
          TIMEOUT,
          DatabaseSettings.DEFAULT_DEADLINE,
          "How long a request waits for the database; then it goes on without.");

  static final Setting<Duration> DATABASE_CONNECT_TIMEOUT =
      Setting.of(
          "database.connect_timeout",
          TIMEOUT,
          DatabaseSettings.DEFAULT_CONNECT_TIMEOUT,
          "How long opening a connection to the database may take.");

  static final Setting<Long> DATABASE_CONNECTIONS =
      Setting.of(
          "database.connections",
          integer(1, 1_000),
          (long) DatabaseSettings.DEFAULT_CONNECTIONS,
          "Connections to PostgreSQL open at most.");

  static final Setting<Long> DATABASE_MAX_CALLS =
      Setting.of(
          "database.max_calls",
          integer(1, 100_000),
          (long) DatabaseSettings.DEFAULT_MAX_CALLS,
          "Calls to the database under way at most; beyond it requests go on without.");

  static final Setting<Duration> DATABASE_LONGEST_LIFE =
      Setting.of(
          "database.longest_life",
          LONGEST_LIFE,
          DatabaseSettings.DEFAULT_LONGEST_LIFE,
          "How long a value stays in the database at most; invalidations of tags are remembered as"
              + " long.");

  static final Setting<Duration> DATABASE_LONGEST_FILL =
      Setting.of(
          "database.longest_fill",
          LONGEST_FILL,
          DatabaseSettings.DEFAULT_LONGEST_FILL,
          "How long finding a value at its source may take for it to be kept in the database.");

  static final Setting<ByteSize> DATABASE_MAX_BYTES =
      Setting.of(
          "database.max_bytes",
          CAPACITY,
          new ByteSize(DatabaseSettings.DEFAULT_MAX_BYTES),
          "Bytes of values in the table at most; those stored first go.");

  static final Setting<Boolean> DATABASE_SURVIVES_FAILOVERS =
      Setting.of(
          "database.survives_failovers",
          onOff(),
          false,
          "Whether a PostgreSQL that was promoted has all that the one before it acknowledged"
              + " (synchronous replication): then its values are trusted afterwards; else a"
              + " failover makes the tier as good as empty.");

  static final Setting<Optional<String>> FILE_FOLDER =
      Setting.of(
          "file.folder",
          optional(FOLDER),
          Optional.empty(),
          "The folder of the file tier, and of nothing else; without it, tier in data.dir.");

  static final Setting<ByteSize> FILE_MAX_BYTES =
      Setting.of(
          "file.max_bytes",
          CAPACITY,
          new ByteSize(FileTierSettings.DEFAULT_MAX_BYTES),
          "Bytes of its files at most; the oldest file goes with all that is in it.");

  static final Setting<ByteSize> FILE_SEGMENT_BYTES =
      Setting.of(
          "file.segment_bytes",
          byteSize(
              new ByteSize(FileTierSettings.LEAST_SEGMENT_BYTES),
              new ByteSize(FileTierSettings.MOST_SEGMENT_BYTES)),
          new ByteSize(FileTierSettings.DEFAULT_SEGMENT_BYTES),
          "Bytes of one file; a value may take a quarter of it.");

  static final Setting<Long> FILE_MAX_ENTRIES =
      Setting.of(
          "file.max_entries",
          integer(1_024, 100_000_000),
          (long) FileTierSettings.DEFAULT_MAX_ENTRIES,
          "Values in it at most; each takes 32 to 64 bytes of memory.");

  static final Setting<Boolean> FILE_FSYNC =
      Setting.of(
          "file.fsync",
          onOff(),
          false,
          "Whether writes and removals are on the disk before they are acknowledged; without it,"
              + " the tier survives kill -9 but begins empty after a power failure.");

  static final Setting<Duration> FILE_DEADLINE =
      Setting.of(
          "file.deadline",
          TIMEOUT,
          FileTierSettings.DEFAULT_DEADLINE,
          "How long a request waits for a change of the file tier.");

  static final Setting<Duration> FILE_LONGEST_LIFE =
      Setting.of(
          "file.longest_life",
          LONGEST_LIFE,
          FileTierSettings.DEFAULT_LONGEST_LIFE,
          "How long a value stays in files at most; invalidations of tags are remembered as long.");

  static final Setting<Duration> FILE_LONGEST_FILL =
      Setting.of(
          "file.longest_fill",
          LONGEST_FILL,
          FileTierSettings.DEFAULT_LONGEST_FILL,
          "How long finding a value at its source may take for it to be kept in files.");

  static final Setting<WriteMode> ENTRIES_WRITE_MODE =
      Setting.of(
          "entries.write_mode",
          choice(WriteMode.class),
          WriteMode.WRITE_THROUGH,
          "How clients' writes travel in caches with a tier that do not say: write_through (the tier"
              + " has it before it is acknowledged, and memory too), write_around (the tier alone;"
              + " memory gets it with the next read), or write_behind (acknowledged once it is in a"
              + " journal in data.dir; the tier gets it later; for nodes that share with nobody).");

  /// Of a cache.
  static final Setting<Optional<WriteMode>> CACHE_WRITE_MODE =
      Setting.of(
          "write_mode",
          optional(choice(WriteMode.class)),
          Optional.empty(),
          "How clients' writes travel; without it, entries.write_mode.");

  static final Setting<Optional<String>> WRITE_BEHIND_FOLDER =
      Setting.of(
          "write_behind.folder",
          optional(FOLDER),
          Optional.empty(),
          "The folder of the journals of write_behind; without it, write-behind in data.dir.");

  static final Setting<Boolean> WRITE_BEHIND_FSYNC =
      Setting.of(
          "write_behind.fsync",
          onOff(),
          true,
          "Whether a write is on the disk before write_behind acknowledges it; without it, it"
              + " survives kill -9, but not a power failure.");

  static final Setting<ByteSize> WRITE_BEHIND_MAX_BYTES =
      Setting.of(
          "write_behind.max_bytes",
          CAPACITY,
          new ByteSize(WriteBehindSettings.DEFAULT_MAX_BYTES),
          "Bytes of writes that wait for one tier at most; beyond it writers wait, and then are"
              + " refused. A value may take a quarter of it.");

  static final Setting<Long> WARM_KEYS =
      Setting.of(
          "tiers.warm_keys",
          integer(0, 10_000_000),
          100_000L,
          "How many of each cache's most valuable keys are noted in data.dir, at the end and every"
              + " minute, to fill memory from the tier after a restart; 0 for none.");

  static final Setting<Long> WARM_RATE =
      Setting.of(
          "tiers.warm_rate",
          integer(1, 1_000_000),
          2_000L,
          "How many of them a second are read from the tier at most.");

  static final Setting<Boolean> COMPRESSION =
      Setting.of(
          "tiers.compression",
          onOff(),
          false,
          "Whether values are compressed (zstd) on their way to a tier, where that saves something;"
              + " those that are compressed are read in any case.");

  static final Setting<ByteSize> COMPRESS_FROM =
      Setting.of(
          "tiers.compress_from",
          byteSize(new ByteSize(1), ByteSize.ofMebibytes(512)),
          new ByteSize(1_024),
          "Shorter values are not compressed.");

  static final Setting<Optional<EncryptionKeys>> ENCRYPTION_KEYS =
      Setting.of(
              "tiers.encryption_keys",
              optional(
                  parsed(
                      "one or more of NAME:KEY with commas between, each key 32 bytes in base64"
                          + " (openssl rand -base64 32), each name once",
                      text ->
                          EncryptionKeys.read(text) instanceof EncryptionKeys.Reading.Good(var keys)
                              ? Optional.of(keys)
                              : Optional.empty(),
                      EncryptionKeys::toString)),
              Optional.<EncryptionKeys>empty(),
              "Keys by which values are encrypted (AES-256-GCM) on their way to a tier: the first"
                  + " encrypts, all of them decrypt. Meant for the environment"
                  + " (FOREBAY_TIERS_ENCRYPTION_KEYS).")
          .asSecret();

  static final Setting<Optional<String>> ENCRYPTION_KEYS_FILE =
      Setting.of(
          "tiers.encryption_keys_file",
          optional(text("a file's path", Pattern.compile("[^\\x00-\\x1f]{1,4096}"))),
          Optional.empty(),
          "A file with such keys, one on a line; when it changes, the new keys are used without a"
              + " restart.");

  static final Setting<Boolean> OWN_ENCRYPTION_KEY =
      Setting.of(
          "tiers.own_encryption_key",
          onOff(),
          false,
          "Whether values are encrypted without keys being named: by one that this node makes and"
              + " keeps in data.dir/encryption-keys, a file of the same form. For a node that shares"
              + " with nobody.");

  static final List<Setting<?>> ALL =
      List.of(
          ENTRIES_TIER,
          PAGES_TIER,
          ENTRIES_WRITE_MODE,
          WRITE_BEHIND_FOLDER,
          WRITE_BEHIND_FSYNC,
          WRITE_BEHIND_MAX_BYTES,
          WARM_KEYS,
          WARM_RATE,
          COMPRESSION,
          COMPRESS_FROM,
          ENCRYPTION_KEYS,
          ENCRYPTION_KEYS_FILE,
          OWN_ENCRYPTION_KEY,
          MEMCACHED_URL,
          MEMCACHED_NAMESPACE,
          MEMCACHED_DEADLINE,
          MEMCACHED_CONNECT_TIMEOUT,
          MEMCACHED_MAX_CALLS,
          MEMCACHED_LONGEST_LIFE,
          MEMCACHED_LONGEST_FILL,
          DATABASE_URL,
          DATABASE_NAMESPACE,
          DATABASE_DEADLINE,
          DATABASE_CONNECT_TIMEOUT,
          DATABASE_CONNECTIONS,
          DATABASE_MAX_CALLS,
          DATABASE_LONGEST_LIFE,
          DATABASE_LONGEST_FILL,
          DATABASE_MAX_BYTES,
          DATABASE_SURVIVES_FAILOVERS,
          FILE_FOLDER,
          FILE_MAX_BYTES,
          FILE_SEGMENT_BYTES,
          FILE_MAX_ENTRIES,
          FILE_FSYNC,
          FILE_DEADLINE,
          FILE_LONGEST_LIFE,
          FILE_LONGEST_FILL);

  static ServerSettings.Tiers read(ResolvedSettings resolved) {
    ResolvedSettings.Values values = resolved.values();
    return new ServerSettings.Tiers(
        values.get(ENTRIES_TIER),
        values.get(PAGES_TIER),
        values.get(MEMCACHED_URL).map(servers -> memcached(servers, values)),
        database(values),
        file(values),
        values.get(COMPRESSION)
            ? OptionalInt.of(Math.toIntExact(values.get(COMPRESS_FROM).bytes()))
            : OptionalInt.empty(),
        values.get(ENCRYPTION_KEYS),
        values.get(ENCRYPTION_KEYS_FILE).map(Path::of),
        ownKeyFile(values),
        TierChecks.open(resolved),
        new ServerSettings.Writing(
            values.get(ENTRIES_WRITE_MODE),
            new WriteBehindSettings(
                values
                    .get(WRITE_BEHIND_FOLDER)
                    .map(Path::of)
                    .orElseGet(() ->
                        Path.of(values.get(OperationDeclarations.DATA_DIR))
                            .resolve("write-behind")),
                values.get(WRITE_BEHIND_FSYNC),
                values.get(WRITE_BEHIND_MAX_BYTES).bytes()),
            TierChecks.behind(resolved)),
        new ServerSettings.Refilling(
            Path.of(values.get(OperationDeclarations.DATA_DIR)).resolve("warm"),
            values.get(WARM_KEYS).intValue(),
            values.get(WARM_RATE).intValue()));
  }

  /// Keys that are named come before one of the node's own.
  private static Optional<Path> ownKeyFile(ResolvedSettings.Values values) {
    boolean areNamed =
        values.get(ENCRYPTION_KEYS).isPresent() || values.get(ENCRYPTION_KEYS_FILE).isPresent();
    return values.get(OWN_ENCRYPTION_KEY) && !areNamed
        ? Optional.of(
            Path.of(values.get(OperationDeclarations.DATA_DIR)).resolve("encryption-keys"))
        : Optional.empty();
  }

  private static MemcachedSettings memcached(
      MemcachedServers servers, ResolvedSettings.Values values) {
    Duration life = values.get(MEMCACHED_LONGEST_LIFE);
    return new MemcachedSettings(
        servers,
        values.get(MEMCACHED_NAMESPACE),
        values.get(MEMCACHED_DEADLINE),
        values.get(MEMCACHED_CONNECT_TIMEOUT),
        values.get(MEMCACHED_MAX_CALLS).intValue(),
        life,
        values.get(MEMCACHED_LONGEST_FILL));
  }

  private static DatabaseSettings database(ResolvedSettings.Values values) {
    Path ours = Path.of(values.get(OperationDeclarations.DATA_DIR)).resolve("tier.db");
    return new DatabaseSettings(
        values.get(DATABASE_URL).orElseGet(() -> new DatabaseUrl.Sqlite(ours)),
        values.get(DATABASE_NAMESPACE),
        values.get(DATABASE_DEADLINE),
        values.get(DATABASE_CONNECT_TIMEOUT),
        values.get(DATABASE_CONNECTIONS).intValue(),
        values.get(DATABASE_MAX_CALLS).intValue(),
        values.get(DATABASE_LONGEST_LIFE),
        values.get(DATABASE_LONGEST_FILL),
        values.get(DATABASE_MAX_BYTES).bytes(),
        values.get(DATABASE_SURVIVES_FAILOVERS));
  }

  /// @return empty if the bytes do not go together, which [TierChecks] tells
  private static Optional<FileTierSettings> file(ResolvedSettings.Values values) {
    long most = values.get(FILE_MAX_BYTES).bytes();
    long segment = values.get(FILE_SEGMENT_BYTES).bytes();
    if (most / 4 < segment) {
      return Optional.empty();
    }
    Path data = Path.of(values.get(OperationDeclarations.DATA_DIR));
    return Optional.of(
        new FileTierSettings(
            values.get(FILE_FOLDER).map(Path::of).orElseGet(() -> data.resolve("tier")),
            most,
            Math.toIntExact(segment),
            values.get(FILE_MAX_ENTRIES).intValue(),
            values.get(FILE_FSYNC),
            values.get(FILE_DEADLINE),
            values.get(FILE_LONGEST_LIFE),
            values.get(FILE_LONGEST_FILL)));
  }
}
