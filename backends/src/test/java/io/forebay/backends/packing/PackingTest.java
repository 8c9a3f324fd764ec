package io.forebay.backends.packing;

import static io.forebay.backends.TestingValues.KEY;
import static io.forebay.backends.TestingValues.read;
import static io.forebay.backends.TestingValues.write;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.backends.TestingValues;
import io.forebay.backends.database.DatabaseSettings;
import io.forebay.backends.database.DatabaseTier;
import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.database.TestingPostgres;
import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.backends.redis.RedisServer;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.testing.TestingTier;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String SECRET = "a secret that nobody may read ";

  private final TestingTier store = new TestingTier(TimeSource.SYSTEM);

  @TempDir private Path folder;

  static EncryptionKeys keys(String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      byte[] key = new byte[32];
      new SplittableRandom(name.hashCode()).nextBytes(key);
      text.append(name).append(':').append(Base64.getEncoder().encodeToString(key)).append('\n');
    }
    return switch (EncryptionKeys.read(text.toString())) {
      case EncryptionKeys.Reading.Good(var keys) -> keys;
      case EncryptionKeys.Reading.Bad(var why) -> throw new AssertionError(why);
    };
  }

  private static TierValue secret() {
    return new TierValue(
        SECRET + "type",
        SECRET.repeat(100).getBytes(UTF_8),
        List.of(SECRET + "tag"),
        Map.of(SECRET + "name", SECRET + "text"),
        Lifetime.of(Duration.ofHours(1)),
        new Position(1, 1));
  }

  private TierValue inStore() {
    return ((TierRead.Found) store.read(KEY)).value();
  }

  // ---- compression

  @Test
  void whatSavesIsCompressedAndComesBack() {
    Tier tier = new CompressingTier(store, 100);
    String text = "<li>one of many</li>".repeat(500);
    write(tier, text);
    assertThat(inStore().bytes().length).isLessThan(text.length() / 20);
    assertThat(read(tier)).isEqualTo(text);
    assertThat(tier.condition().events())
        .containsEntry("values_compressed", 1L)
        .containsEntry("compression_bytes_in", (long) text.length())
        .containsEntry("compression_bytes_out", (long) inStore().bytes().length);
  }

  @Test
  void whatIsShortOrDoesNotShrinkIsLeftAsItIs() {
    Tier tier = new CompressingTier(store, 100);
    write(tier, "x".repeat(99));
    assertThat(inStore().bytes()).hasSize(99);
    byte[] noise = new byte[10_000];
    new SplittableRandom(1).nextBytes(noise);
    TierValue value =
        new TierValue("t", noise, List.of(), Map.of(), Lifetime.of(LONG), new Position(1, 1));
    assertThat(tier.write(KEY, value, Precondition.NONE, 0)).isInstanceOf(TierWrite.Stored.class);
    assertThat(inStore().bytes()).isEqualTo(noise);
    assertThat(((TierRead.Found) tier.read(KEY)).value().bytes()).isEqualTo(noise);
    assertThat(tier.condition().events()).containsEntry("values_compressed", 0L);
  }

  @Test
  void whenItIsTurnedOffWhatIsCompressedIsStillRead() {
    write(new CompressingTier(store, 1), "y".repeat(1_000));
    Tier off = new CompressingTier(store, Integer.MAX_VALUE);
    assertThat(read(off)).isEqualTo("y".repeat(1_000));
    write(off, "z".repeat(1_000));
    assertThat(inStore().bytes()).hasSize(1_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 5, 10, 18})
  void aFrameThatIsDamagedOrCutShortIsNotServed(int at) {
    CompressingTier tier = new CompressingTier(store, 1);
    write(tier, "abcdefgh".repeat(1_000));
    TierValue good = inStore();
    byte[] bytes = good.bytes().clone();
    TierValue cut = with(good, java.util.Arrays.copyOf(bytes, Math.min(at, bytes.length - 1)));
    assertThat(tier.restored(KEY, cut)).isEmpty();
    assertThat(tier.condition().events()).containsEntry("compressed_unreadable", 1L);
  }

  private static TierValue with(TierValue value, byte[] bytes) {
    return new TierValue(
        value.type(), bytes, value.tags(), value.metadata(), value.lifetime(), value.loadBegan());
  }

  // ---- encryption

  @Test
  void noTwoValuesLookAlikeAndAllComeBack() {
    Tier tier = new EncryptingTier(store, keys("now"));
    write(tier, "same");
    byte[] first = inStore().bytes();
    write(tier, "same");
    assertThat(inStore().bytes()).isNotEqualTo(first);
    assertThat(read(tier)).isEqualTo("same");
    FillStart.Ticket ticket = TestingValues.begin(tier);
    assertThat(tier.fill(ticket, secret())).isInstanceOf(TierWrite.Stored.class);
    assertThat(((TierRead.Found) tier.read(KEY)).value())
        .usingRecursiveComparison()
        .isEqualTo(secret());
  }

  @Test
  void keysRotateWithoutAFlush() {
    EncryptingTier tier = new EncryptingTier(store, keys("old"));
    write(tier, "of before");
    tier.renew(keys("new", "old"));
    assertThat(read(tier)).isEqualTo("of before");
    write(tier, "of after");
    assertThat(new String(inStore().bytes(), ISO_8859_1)).contains("new").doesNotContain("old");
    tier.renew(keys("new"));
    assertThat(read(tier)).isEqualTo("of after");
  }

  @Test
  void aValueOfAnUnknownKeyIsCountedAndNotServed() {
    write(new EncryptingTier(store, keys("lost")), "v");
    Tier tier = new EncryptingTier(store, keys("now"));
    assertThat(read(tier)).isEqualTo("nothing");
    assertThat(tier.condition().events()).containsEntry("encrypted_with_unknown_key", 1L);
  }

  @Test
  void aValueThatIsNotEncryptedIsCountedAndNotServed() {
    write(store, "planted");
    Tier tier = new EncryptingTier(store, keys("now"));
    assertThat(read(tier)).isEqualTo("nothing");
    assertThat(tier.condition().events()).containsEntry("not_encrypted", 1L);
  }

  @Test
  void aValueThatWasChangedAnywhereIsCountedAndNotServed() {
    EncryptingTier tier = new EncryptingTier(store, keys("now"));
    write(tier, "v");
    TierValue good = inStore();
    long counted = 0;
    for (int i = 0; i < good.bytes().length; i++) {
      byte[] bytes = good.bytes().clone();
      bytes[i] ^= 1;
      assertThat(tier.restored(KEY, with(good, bytes))).as("byte %d", i).isEmpty();
      assertThat(tier.restored(KEY, with(good, java.util.Arrays.copyOf(bytes, i)))).isEmpty();
      Map<String, Long> events = tier.condition().events();
      counted =
          events.getOrDefault("encrypted_and_changed", 0L)
              + events.getOrDefault("encrypted_with_unknown_key", 0L);
      assertThat(counted).isEqualTo(2L * (i + 1));
    }
    assertThat(counted).isPositive();
    assertThat(tier.restored(KEY, good)).isPresent();
  }

  @Test
  void aValueThatWasMovedToAnotherSlotIsNotServed() {
    EncryptingTier tier = new EncryptingTier(store, keys("now"));
    write(tier, "v");
    store.write(TestingValues.key("other"), inStore(), Precondition.NONE, 0);
    assertThat(read(tier, TestingValues.key("other"))).isEqualTo("nothing");
    assertThat(read(tier)).isEqualTo("v");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                     | there have to be 1 to 64 keys
          a                                                      | key number 1 is no name
          a:AAAA                                                 | key number 1 is no name
          a b:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=       | key number 1 is no name
          a:!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=         | key number 1 is no name
          a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= | two keys are named a
          """)
  void keysThatAreNoneAreRefusedWithoutShowingThem(String text, String why) {
    assertThat(EncryptionKeys.read(text))
        .isInstanceOfSatisfying(
            EncryptionKeys.Reading.Bad.class,
            bad -> assertThat(bad.why()).contains(why).doesNotContain("AAAA"));
  }

  @Test
  void keysAreNotShown() {
    assertThat(keys("one", "two")).hasToString("EncryptionKeys[one of 2]");
  }

  // ---- real backends

  /// Stores a secret in the backend as it is, then encrypted.
  ///
  /// @param contents all that the backend has
  private static void check(Tier backend, Contents contents) throws Exception {
    backend.write(KEY, secret(), Precondition.NONE, 0);
    assertThat(contents.read()).as("this is where values lie").contains(SECRET);
    backend.remove(KEY, Precondition.NONE);
  }

  private static void checkHidden(Tier backend, Contents contents) throws Exception {
    Tier tier = new CompressingTier(new EncryptingTier(backend, keys("now")), 64);
    assertThat(tier.write(KEY, secret(), Precondition.NONE, 0))
        .isInstanceOf(TierWrite.Stored.class);
    assertThat(contents.read()).contains("now").doesNotContain("secret").doesNotContain("nobody");
    assertThat(((TierRead.Found) tier.read(KEY)).value())
        .usingRecursiveComparison()
        .isEqualTo(secret());
  }

  private interface Contents {
    String read() throws Exception;
  }

  private static String filesIn(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, ISO_8859_1));
      }
    }
    return all.toString();
  }

  @Test
  void filesHoldNoPlainText() throws Exception {
    try (FileTier tier =
        FileTier.open(FileTierSettings.of(folder.resolve("plain")), TierObserver.NONE)) {
      check(tier, () -> filesIn(folder.resolve("plain")));
    }
    try (FileTier tier =
        FileTier.open(FileTierSettings.of(folder.resolve("hidden")), TierObserver.NONE)) {
      checkHidden(tier, () -> filesIn(folder.resolve("hidden")));
    }
  }

  @Test
  void sqliteHoldsNoPlainText() throws Exception {
    for (boolean hidden : List.of(false, true)) {
      Path of = folder.resolve("hidden-" + hidden);
      var url = DatabaseUrl.parse("sqlite:" + of.resolve("x.db")).orElseThrow();
      try (DatabaseTier tier =
          DatabaseTier.open(DatabaseSettings.of(url, "test"), TierObserver.NONE)) {
        assertThat(tier.awaitConnection(LONG)).isEmpty();
        if (hidden) {
          checkHidden(tier, () -> filesIn(of));
        } else {
          check(tier, () -> filesIn(of));
        }
      }
    }
  }

  @Test
  void postgresHoldsNoPlainText() throws Exception {
    try (TestingPostgres postgres = TestingPostgres.run();
        DatabaseTier tier =
            DatabaseTier.open(
                DatabaseSettings.of(DatabaseUrl.parse(postgres.url()).orElseThrow(), "test")
                    .withDeadline(LONG),
                TierObserver.NONE)) {
      assertThat(tier.awaitConnection(LONG)).isEmpty();
      Contents contents =
          () -> postgres.ask("SELECT string_agg(encode(value, 'escape'), ' ') FROM forebay_slots");
      check(tier, contents);
      checkHidden(tier, contents);
    }
  }

  @Test
  void redisHoldsNoPlainText() throws Exception {
    try (TestingRedis redis = TestingRedis.inMemory();
        RedisTier tier =
            RedisTier.open(
                RedisSettings.of(RedisServer.parse(redis.url()).orElseThrow(), "test")
                    .withDeadline(LONG),
                TierObserver.NONE)) {
      assertThat(tier.awaitConnection(LONG)).isEmpty();
      Contents contents = () -> stringsOf(redis);
      check(tier, contents);
      checkHidden(tier, contents);
    }
  }

  private static String stringsOf(TestingRedis redis) {
    StringBuilder all = new StringBuilder();
    RedisClient client = RedisClient.create(RedisURI.create(redis.url()));
    try (var connection = client.connect(ByteArrayCodec.INSTANCE)) {
      var commands = connection.sync();
      for (byte[] key : commands.keys("*")) {
        if (commands.type(key).equals("string")) {
          all.append(new String(commands.get(key), ISO_8859_1));
        }
      }
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
    return all.toString();
  }

  @Test
  void memcachedHoldsNoPlainText() throws Exception {
    try (TestingMemcached memcached = TestingMemcached.run();
        MemcachedTier tier =
            MemcachedTier.open(
                MemcachedSettings.of(MemcachedServers.parse(memcached.url()).orElseThrow(), "test")
                    .withDeadline(LONG),
                TierObserver.NONE)) {
      assertThat(tier.awaitConnection(LONG)).isEmpty();
      Contents contents =
          () -> {
            StringBuilder all = new StringBuilder();
            memcached.names().forEach(name -> all.append(memcached.item(name)));
            return all.toString();
          };
      check(tier, contents);
      checkHidden(tier, contents);
    }
  }
}
