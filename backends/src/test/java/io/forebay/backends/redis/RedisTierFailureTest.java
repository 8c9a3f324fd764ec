package io.forebay.backends.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.testing.TestingRedis;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of calls when Redis is killed, hung, restarted, full, or does not let us in.
class RedisTierFailureTest {

  private static final TierKey KEY = new TierKey("shop", "k");
  private static final Duration LONG = Duration.ofSeconds(20);

  private @Nullable TestingRedis redis;
  private @Nullable RedisTier tier;

  @AfterEach
  void end() {
    if (tier != null) {
      tier.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  private TestingRedis run(TestingRedis server) {
    redis = server;
    return server;
  }

  private RedisTier connect(RedisSettings settings) throws InterruptedException {
    RedisTier opened = RedisTier.open(settings, TierObserver.NONE);
    tier = opened;
    assertThat(opened.awaitConnection(LONG)).isEmpty();
    return opened;
  }

  /// With a deadline that a loaded machine does not miss.
  private static RedisSettings settings(TestingRedis server) {
    return RedisSettings.of(RedisServer.parse(server.url()).orElseThrow(), "test")
        .withDeadline(LONG);
  }

  private static TierValue value(String text) {
    return new TierValue(
        "text",
        text.getBytes(StandardCharsets.UTF_8),
        List.of(),
        Map.of(),
        Lifetime.of(Duration.ofHours(1)),
        new Position(1, 1));
  }

  private static TierWrite write(RedisTier tier, String text) {
    return tier.write(KEY, value(text), Precondition.NONE, 0);
  }

  /// For short deadlines, which a loaded machine may miss.
  private static void writeForSure(RedisTier tier, String text) {
    await().atMost(LONG).until(() -> write(tier, text) instanceof TierWrite.Stored);
  }

  private static String read(RedisTier tier) {
    return switch (tier.read(KEY)) {
      case TierRead.Found found -> new String(found.value().bytes(), StandardCharsets.UTF_8);
      case TierRead.Absent() -> "nothing";
      case TierRead.Unavailable(TierFailure failure) -> failure.kind().toString();
    };
  }

  private static void inRedis(TestingRedis server, Consumer<RedisCommands<String, String>> act) {
    try (RedisClient client = RedisClient.create(server.url())) {
      act.accept(client.connect().sync());
    }
  }

  @Test
  void aKilledRedisIsNoticedAtOnceAndUsedAgainWhenItIsBack() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server));
    assertThat(write(used, "v")).isInstanceOf(TierWrite.Stored.class);
    server.kill();
    await().untilAsserted(() -> assertThat(read(used)).isEqualTo("DISCONNECTED"));
    assertThat(write(used, "w"))
        .isInstanceOfSatisfying(
            TierWrite.Unavailable.class,
            failed -> assertThat(failed.failure().mayHaveHappened()).isFalse());
    server.start();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("nothing"));
    assertThat(write(used, "x")).isInstanceOf(TierWrite.Stored.class);
    assertThat(read(used)).isEqualTo("x");
  }

  @Test
  void aHungRedisCostsDeadlinesUntilTheBreakerOpensAndClosesAgain() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server).withDeadline(Duration.ofMillis(50)));
    writeForSure(used, "v");
    server.hang();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(read(used)).isIn("BREAKER_OPEN", "DISCONNECTED"));
    server.resume();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("v"));
    await().atMost(LONG).until(() -> !used.isBreakerOpen());
  }

  @Test
  void aWriteThatLayInTheSocketOfAHungRedisIsNotDoneLater() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server).withDeadline(Duration.ofMillis(100)));
    writeForSure(used, "before");
    server.hang();
    assertThat(write(used, "late"))
        .isInstanceOfSatisfying(
            TierWrite.Unavailable.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(TierFailure.Kind.TIMED_OUT));
    server.resume();
    inRedis(server, commands -> assertThat(commands.ping()).isEqualTo("PONG"));
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("before"));
  }

  @Test
  void valuesOfBeforeARestartAreNotTrusted() throws InterruptedException {
    TestingRedis server = run(TestingRedis.durable());
    RedisTier used = connect(settings(server));
    write(used, "v");
    server.kill();
    server.start();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("nothing"));
    assertThat(used.write(KEY, value("x"), Precondition.PRESENT, 0))
        .isEqualTo(new TierWrite.PreconditionFailed(OptionalLong.empty()));
  }

  @Test
  void theyAreIfTheOperatorVouchesForRedis() throws InterruptedException {
    TestingRedis server = run(TestingRedis.durable());
    RedisTier used = connect(settings(server).withSurvivesRestarts(true));
    write(used, "v");
    server.kill();
    server.start();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("v"));
  }

  @Test
  void aFillDoesNotOutliveItsConnection() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server));
    FillStart.Ticket ticket = ((FillStart.Granted) used.beginFill(KEY, false)).ticket();
    server.kill();
    server.start();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("nothing"));
    assertThat(used.fill(ticket, value("old"))).isInstanceOf(TierWrite.Unavailable.class);
  }

  @Test
  void aFillIsRefusedWhenTheValueThatOvertookItWasEvicted() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server));
    FillStart.Ticket ticket = ((FillStart.Granted) used.beginFill(KEY, false)).ticket();
    write(used, "new");
    inRedis(
        server,
        commands -> assertThat(commands.del(new RedisNames("test").slotText(KEY))).isEqualTo(1));
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(used.fill(ticket, value("old"))).isEqualTo(new TierWrite.Overtaken());
  }

  @Test
  void aFillThatTookTooLongIsRefused() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server).withLongestFill(Duration.ofMillis(20)));
    FillStart.Ticket ticket = ((FillStart.Granted) used.beginFill(KEY, false)).ticket();
    await().pollDelay(60, TimeUnit.MILLISECONDS).until(() -> true);
    assertThat(used.fill(ticket, value("v"))).isEqualTo(new TierWrite.Overtaken());
  }

  @Test
  void aLongValueWithAMissingPieceIsAMiss() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server).withDeadline(LONG));
    write(used, "x".repeat(2_000_000));
    assertThat(read(used)).hasSize(2_000_000);
    inRedis(
        server,
        commands -> {
          String piece =
              commands.keys("*:p:*").stream()
                  .filter(name -> name.endsWith(":2"))
                  .findAny()
                  .orElseThrow();
          commands.del(piece);
        });
    assertThat(read(used)).isEqualTo("nothing");
    write(used, "short");
    inRedis(server, commands -> assertThat(commands.keys("*:p:*")).isEmpty());
  }

  @Test
  void aFullRedisRefusesWritesAndStillRemoves() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    RedisTier used = connect(settings(server));
    write(used, "v");
    inRedis(server, commands -> commands.configSet("maxmemory", "1mb"));
    assertThat(write(used, "w"))
        .isInstanceOfSatisfying(
            TierWrite.Unavailable.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(TierFailure.Kind.REFUSED));
    assertThat(read(used)).isEqualTo("v");
    assertThat(used.remove(KEY, Precondition.NONE)).isInstanceOf(TierRemoval.Removed.class);
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(used.removeAll(Set.of(KEY))).isEmpty();
  }

  @Test
  void aMemoryPolicyThatCouldEvictFencesIsRefused() throws InterruptedException {
    TestingRedis server =
        run(TestingRedis.inMemory("--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"));
    RedisTier opened = RedisTier.open(settings(server), TierObserver.NONE);
    tier = opened;
    await()
        .atMost(LONG)
        .until(
            () -> opened.awaitConnection(Duration.ofMillis(1)).orElse("").contains("volatile-lru"));
  }

  @Test
  void aWrongPasswordIsToldAndARightOneLetsIn() throws InterruptedException {
    TestingRedis server = run(TestingRedis.inMemory());
    inRedis(
        server,
        commands ->
            commands.aclSetuser(
                "forebay",
                AclSetuserArgs.Builder.on()
                    .addPassword("secret")
                    .keyPattern("{test:*")
                    .channelPattern("test:*")
                    .allCommands()));
    String address = "127.0.0.1:" + server.port();
    RedisServer wrong = RedisServer.parse("redis://forebay:wrong@" + address).orElseThrow();
    RedisTier refused = RedisTier.open(RedisSettings.of(wrong, "test"), TierObserver.NONE);
    try {
      await()
          .atMost(LONG)
          .until(
              () -> refused.awaitConnection(Duration.ofMillis(1)).orElse("").contains("WRONGPASS"));
    } finally {
      refused.close();
    }
    RedisServer right = RedisServer.parse("redis://forebay:secret@" + address).orElseThrow();
    assertThat(right.toString()).doesNotContain("secret");
    RedisTier used = connect(RedisSettings.of(right, "test"));
    assertThat(write(used, "v")).isInstanceOf(TierWrite.Stored.class);
    assertThat(read(used)).isEqualTo("v");
  }

  @Test
  void valuesTravelUnderTlsAndAStrangersCertificateIsRefused(@TempDir Path folder)
      throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    Process made =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=IP:127.0.0.1,DNS:localhost",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertThat(made.waitFor()).isZero();
    TestingRedis server =
        run(
            TestingRedis.inMemory(
                "--tls-cert-file", certificate.toString(),
                "--tls-key-file", key.toString(),
                "--tls-auth-clients", "no"));
    int tlsPort;
    try (ServerSocket free = new ServerSocket(0)) {
      tlsPort = free.getLocalPort();
    }
    inRedis(server, commands -> commands.configSet("tls-port", Integer.toString(tlsPort)));
    RedisServer stranger = RedisServer.parse("rediss://localhost:" + tlsPort).orElseThrow();
    try (RedisTier refused =
        RedisTier.open(RedisSettings.of(stranger, "test"), TierObserver.NONE)) {
      await()
          .atMost(LONG)
          .until(() -> refused.awaitConnection(Duration.ofMillis(1)).orElse("").contains("certif"));
    }
    RedisServer unverified =
        RedisServer.parse("rediss://localhost:" + tlsPort + "?verifyPeer=NONE").orElseThrow();
    RedisTier used = connect(RedisSettings.of(unverified, "test"));
    assertThat(write(used, "v")).isInstanceOf(TierWrite.Stored.class);
    assertThat(read(used)).isEqualTo("v");
  }
}
