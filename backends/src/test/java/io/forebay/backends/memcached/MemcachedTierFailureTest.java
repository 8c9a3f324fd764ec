package io.forebay.backends.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.testing.TestingMemcached;
import io.forebay.cache.testing.TierStorm;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of calls when Memcached is killed, hung, restarted, full, or does not let us in.
class MemcachedTierFailureTest {

  private static final TierKey KEY = new TierKey("shop", "k");
  private static final String SLOT = "test:k:shop:k";
  private static final Duration LONG = Duration.ofSeconds(20);

  private @Nullable TestingMemcached memcached;
  private @Nullable MemcachedTier tier;

  @AfterEach
  void end() {
    if (tier != null) {
      tier.close();
    }
    if (memcached != null) {
      memcached.close();
    }
  }

  private TestingMemcached run(String... options) {
    TestingMemcached server = TestingMemcached.run(options);
    memcached = server;
    return server;
  }

  private MemcachedTier connect(MemcachedSettings settings) throws InterruptedException {
    MemcachedTier opened = MemcachedTier.open(settings, TierObserver.NONE);
    tier = opened;
    assertThat(opened.awaitConnection(LONG)).isEmpty();
    return opened;
  }

  private static MemcachedSettings settings(String url) {
    return MemcachedSettings.of(MemcachedServers.parse(url).orElseThrow(), "test");
  }

  private static MemcachedSettings settings(TestingMemcached server) {
    return settings(server.url());
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

  private static TierWrite write(MemcachedTier tier, String text) {
    return tier.write(KEY, value(text), Precondition.NONE, 0);
  }

  private static FillStart.Ticket begin(MemcachedTier tier) {
    return ((FillStart.Granted) tier.beginFill(KEY, false)).ticket();
  }

  private static String read(MemcachedTier tier) {
    return switch (tier.read(KEY)) {
      case TierRead.Found found -> new String(found.value().bytes(), StandardCharsets.UTF_8);
      case TierRead.Absent() -> "nothing";
      case TierRead.Unavailable(TierFailure failure) -> failure.kind().toString();
    };
  }

  private static void awaitTrouble(MemcachedTier opened, String words) {
    await()
        .atMost(LONG)
        .until(() -> opened.awaitConnection(Duration.ofMillis(1)).orElse("").contains(words));
  }

  @Test
  void aKilledServerIsNoticedAtOnceAndUsedAgainWhenItIsBack() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server));
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
  void nothingOldIsReadWhileTheServerIsHungAndKilledUnderLoad() throws Exception {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server).withDeadline(Duration.ofMillis(300)));
    TierStorm.rage(used, server, 1);
  }

  @Test
  void theOtherServersGoOnWithoutIt() throws InterruptedException {
    TestingMemcached server = run();
    try (TestingMemcached other = TestingMemcached.run()) {
      MemcachedTier used =
          connect(
              settings(server.url() + "," + other.address()).withDeadline(Duration.ofSeconds(10)));
      for (int i = 0; i < 20; i++) {
        used.write(new TierKey("shop", "k" + i), value("v"), Precondition.NONE, 0);
      }
      other.kill();
      await().until(() -> !used.isConnected());
      int found = 0;
      for (int i = 0; i < 20; i++) {
        found += used.read(new TierKey("shop", "k" + i)) instanceof TierRead.Found ? 1 : 0;
      }
      assertThat(found).isBetween(1, 19);
    }
  }

  @Test
  void aHungServerCostsDeadlinesUntilTheBreakerOpensAndClosesAgain() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server).withDeadline(Duration.ofMillis(50)));
    write(used, "v");
    server.hang();
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(read(used)).isIn("BREAKER_OPEN", "DISCONNECTED"));
    server.resume();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("v"));
    await().atMost(LONG).until(() -> !used.isBreakerOpen());
  }

  @Test
  void aWriteThatLayInTheSocketOfAHungServerDoesNotOverwriteWhatCameAfterIt()
      throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server).withDeadline(Duration.ofMillis(300)));
    write(used, "before");
    FillStart.Ticket ticket = begin(used);
    server.hang();
    assertThat(used.fill(ticket, value("late")))
        .isInstanceOfSatisfying(
            TierWrite.Unavailable.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(TierFailure.Kind.TIMED_OUT));
    server.resume();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isIn("before", "late"));
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(write(used, "after")).isInstanceOf(TierWrite.Stored.class));
    used.fill(ticket, value("late"));
    assertThat(read(used)).isEqualTo("after");
  }

  @Test
  void aFillDoesNotOutliveItsConnection() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server));
    FillStart.Ticket ticket = begin(used);
    server.kill();
    server.start();
    await().atMost(LONG).untilAsserted(() -> assertThat(read(used)).isEqualTo("nothing"));
    begin(used); // of the same number in this run of the server
    assertThat(used.fill(ticket, value("old"))).isInstanceOf(TierWrite.Unavailable.class);
    assertThat(read(used)).isEqualTo("nothing");
  }

  @Test
  void aFillIsRefusedWhenTheValueThatOvertookItWasEvicted() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server));
    FillStart.Ticket ticket = begin(used);
    write(used, "new");
    assertThat(server.ask("md " + SLOT)).isEqualTo("HD");
    assertThat(used.fill(ticket, value("old"))).isEqualTo(new TierWrite.Overtaken());
    begin(used);
    assertThat(used.fill(ticket, value("old"))).isEqualTo(new TierWrite.Overtaken());
    assertThat(read(used)).isEqualTo("nothing");
  }

  @Test
  void aFillIsRefusedWhenEverythingWasForgotten() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server));
    write(used, "present");
    FillStart.Ticket ticket = begin(used);
    assertThat(server.ask("flush_all")).isEqualTo("OK");
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(used.fill(ticket, value("old"))).isEqualTo(new TierWrite.Overtaken());
  }

  @Test
  void aFillThatTookTooLongIsRefused() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server).withLongestFill(Duration.ofMillis(20)));
    FillStart.Ticket ticket = begin(used);
    await().pollDelay(60, TimeUnit.MILLISECONDS).until(() -> true);
    assertThat(used.fill(ticket, value("v"))).isEqualTo(new TierWrite.Overtaken());
  }

  @Test
  void whatSomebodyElseStoredUnderOurNameIsAMissAndReplaced() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server));
    for (String foreign : List.of("FM2 of a newer version", "nonsense", "FM1")) {
      assertThat(server.ask("ms " + SLOT + " " + foreign.length() + "\r\n" + foreign))
          .isEqualTo("HD");
      assertThat(read(used)).isEqualTo("nothing");
      assertThat(used.remove(KEY, Precondition.NONE)).isEqualTo(new TierRemoval.Absent());
    }
    assertThat(write(used, "v")).isInstanceOf(TierWrite.Stored.class);
    assertThat(read(used)).isEqualTo("v");
  }

  @Test
  void aValueOfAnotherKeyWithTheSameHashIsAMiss() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server));
    TierKey spaced = new TierKey("shop", "a key");
    String hashed = new MemcachedNames("test").slot(spaced).text();
    Item item =
        new Item(5, new Item.Stamp(1, 1, 1, 100), new Item.Pieces(0, 0), value("not of this key"));
    byte[] content = item.bytes(new TierKey("shop", "other"), true);
    ByteArrayOutputStream command = new ByteArrayOutputStream();
    command.writeBytes(
        ("ms " + hashed + " " + content.length + " T100\r\n").getBytes(StandardCharsets.US_ASCII));
    command.writeBytes(content);
    assertThat(server.ask(command.toByteArray())).isEqualTo("HD");
    assertThat(used.read(spaced)).isEqualTo(new TierRead.Absent());
  }

  @Test
  void aLongValueWithAMissingPieceIsAMiss() throws InterruptedException {
    TestingMemcached server = run("-m", "4", "-I", "512k");
    MemcachedTier used = connect(settings(server).withDeadline(LONG));
    write(used, "x".repeat(600_000));
    assertThat(read(used)).hasSize(600_000);
    String piece =
        server.names().stream().filter(name -> name.contains(":p:")).findAny().orElseThrow();
    assertThat(server.ask("md " + piece)).isEqualTo("HD");
    assertThat(read(used)).isEqualTo("nothing");
  }

  @Test
  void aServerThatMayNotEvictRefusesWritesWhenItIsFullAndStillRemoves()
      throws InterruptedException {
    TestingMemcached server = run("-m", "4", "-M");
    MemcachedTier used = connect(settings(server).withDeadline(LONG));
    write(used, "v");
    TierWrite last = write(used, "v");
    for (int i = 0; i < 200 && last instanceof TierWrite.Stored; i++) {
      TierKey other = new TierKey("shop", "other" + i);
      last = used.write(other, value("y".repeat(200_000)), Precondition.NONE, 0);
    }
    assertThat(last)
        .isInstanceOfSatisfying(
            TierWrite.Unavailable.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(TierFailure.Kind.REFUSED));
    assertThat(read(used)).isEqualTo("v");
    assertThat(used.remove(KEY, Precondition.NONE)).isInstanceOf(TierRemoval.Removed.class);
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(used.removeAll(Set.of(KEY))).isEmpty();
  }

  @Test
  void aValueThatIsTooLargeIsRefused() throws InterruptedException {
    TestingMemcached server = run();
    MemcachedTier used = connect(settings(server).withDeadline(Duration.ofSeconds(10)));
    write(used, "v");
    TierValue huge =
        new TierValue(
            "text",
            new byte[(256 << 20) + 1],
            List.of(),
            Map.of(),
            Lifetime.of(Duration.ofHours(1)),
            new Position(1, 1));
    assertThat(used.write(KEY, huge, Precondition.NONE, 0)).isEqualTo(new TierWrite.TooLarge());
    assertThat(used.fill(begin(used), huge)).isEqualTo(new TierWrite.TooLarge());
    assertThat(read(used)).isEqualTo("v");
  }

  @Test
  void aServerThatCannotCompareIsRefused() {
    TestingMemcached server = run("-C");
    MemcachedTier opened = MemcachedTier.open(settings(server), TierObserver.NONE);
    tier = opened;
    awaitTrouble(opened, "-C");
  }

  @Test
  void somethingThatIsNoMemcachedIsRefused() throws IOException {
    try (java.net.ServerSocket other =
        new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (java.net.Socket client = other.accept()) {
              client.getOutputStream().write("VERSION proxy\r\n".getBytes(StandardCharsets.UTF_8));
              client.getInputStream().readAllBytes();
            } catch (IOException over) {
              // The test has ended.
            }
          });
      MemcachedTier opened =
          MemcachedTier.open(
              settings("memcached://127.0.0.1:" + other.getLocalPort()), TierObserver.NONE);
      tier = opened;
      awaitTrouble(opened, "without a proxy");
    }
  }

  @Test
  void aWrongPasswordIsToldAndARightOneLetsIn(@TempDir Path folder)
      throws InterruptedException, IOException {
    Path users = Files.writeString(folder.resolve("users"), "forebay:se%cret\n");
    TestingMemcached server = run("-Y", users.toString());
    MemcachedTier none = MemcachedTier.open(settings(server), TierObserver.NONE);
    MemcachedTier wrong =
        MemcachedTier.open(
            settings("memcached://forebay:wrong@" + server.address()), TierObserver.NONE);
    try {
      awaitTrouble(none, "a user and a password");
      awaitTrouble(wrong, "does not let us in");
    } finally {
      none.close();
      wrong.close();
    }
    MemcachedSettings right = settings("memcached://forebay:se%25cret@" + server.address());
    assertThat(right.toString()).doesNotContain("cret");
    MemcachedTier used = connect(right);
    assertThat(write(used, "v")).isInstanceOf(TierWrite.Stored.class);
    assertThat(read(used)).isEqualTo("v");
  }
}
