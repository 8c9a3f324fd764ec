package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.TimeSource;
import io.forebay.proxy.body.Wait;
import io.forebay.proxy.origin.PoolSettings.AddressFamily;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a real name server, and real files.
class DiscoveryTest {

  private static final TimeSource TIME = TimeSource.SYSTEM;
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private final TestingDnsServer dns = new TestingDnsServer();
  private Pool pool = new Pool(settings(AddressFamily.IPV4_FIRST, "http://app.test"), TIME);
  private Discovery discovery = new Discovery(pool, vertx, List.of(dns.address()));

  DiscoveryTest() throws InterruptedException {}

  @AfterEach
  void stop() throws IOException {
    discovery.close();
    dns.close();
    Wait.on(vertx.close(), LONG, "Vert.x's end");
  }

  private static PoolSettings settings(AddressFamily family, String... lines) {
    PoolSettings usual = PoolSettings.of("p", List.of(new Origin("127.0.0.1", 1, false)));
    return new PoolSettings(
        "p",
        Arrays.stream(lines)
            .map(line -> ((OriginSource.Reading.Read) OriginSource.read(line)).source())
            .toList(),
        usual.limits(),
        usual.down(),
        Optional.empty(),
        20,
        new PoolSettings.Finding(family, Duration.ofHours(1)));
  }

  private void begin(PoolSettings settings) {
    pool = new Pool(settings, TIME);
    discovery = new Discovery(pool, vertx, List.of(dns.address()));
    discovery.update();
  }

  private void begin(String... lines) {
    begin(settings(AddressFamily.IPV4_FIRST, lines));
  }

  private List<String> found() {
    return pool.members().all().stream().map(member -> member.listed().toString()).toList();
  }

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(LONG);
  }

  private void awaitFound(String... expected) {
    soon().untilAsserted(() -> assertThat(found()).containsExactlyInAnyOrder(expected));
  }

  @Test
  void eachAddressOfANameIsAnOriginAndThoseOfIpv6ComeSecond() {
    dns.addresses("app.test", 60, "127.0.0.1", "127.0.0.2", "::1");
    begin("http://app.test:8080 weight=2");
    awaitFound(
        "http://app.test:8080 at 127.0.0.1 weight=2",
        "http://app.test:8080 at 127.0.0.2 weight=2",
        "http://app.test:8080 at 0:0:0:0:0:0:0:1 weight=2 priority=2");
  }

  @Test
  void allAddressesAreAlikeIfTheOperatorSaysSo() {
    dns.addresses("app.test", 60, "127.0.0.1", "::1");
    begin(settings(AddressFamily.ANY, "https://app.test"));
    awaitFound("https://app.test:443 at 127.0.0.1", "https://app.test:443 at 0:0:0:0:0:0:0:1");
  }

  @Test
  void aNameIsLookedUpAgainWhenItsTimeToLiveIsOver() {
    dns.addresses("app.test", 1, "127.0.0.1");
    begin("http://app.test");
    awaitFound("http://app.test:80 at 127.0.0.1");
    dns.addresses("app.test", 1, "127.0.0.2", "127.0.0.3");
    awaitFound("http://app.test:80 at 127.0.0.2", "http://app.test:80 at 127.0.0.3");
  }

  @Test
  void aLongTimeToLiveIsCutAtTheInterval() {
    dns.addresses("app.test", 86_400, "127.0.0.1");
    PoolSettings usual = settings(AddressFamily.IPV4_FIRST, "http://app.test");
    begin(
        new PoolSettings(
            "p",
            usual.sources(),
            usual.limits(),
            usual.down(),
            Optional.empty(),
            20,
            new PoolSettings.Finding(AddressFamily.IPV4_FIRST, Duration.ofSeconds(1))));
    awaitFound("http://app.test:80 at 127.0.0.1");
    dns.addresses("app.test", 86_400, "127.0.0.2");
    awaitFound("http://app.test:80 at 127.0.0.2");
  }

  @Test
  void serviceRecordsSayPortWeightAndPriority() {
    dns.service("_web._tcp.app.test", 1, 10, 3, 8081, "a.app.test")
        .service("_web._tcp.app.test", 1, 10, 1, 8082, "b.app.test")
        .service("_web._tcp.app.test", 1, 20, 0, 8083, "c.app.test")
        .addresses("a.app.test", 60, "127.0.0.1")
        .addresses("b.app.test", 60, "127.0.0.2", "127.0.0.3")
        .addresses("c.app.test", 60, "127.0.0.4");
    begin("srv+http://_web._tcp.app.test");
    awaitFound(
        "http://a.app.test:8081 at 127.0.0.1 weight=3 priority=10",
        "http://b.app.test:8082 at 127.0.0.2 priority=10",
        "http://b.app.test:8082 at 127.0.0.3 priority=10",
        "http://c.app.test:8083 at 127.0.0.4 priority=20");
    dns.remove("_web._tcp.app.test");
    dns.service("_web._tcp.app.test", 1, 1, 1, 9000, "a.app.test");
    awaitFound("http://a.app.test:9000 at 127.0.0.1");
  }

  @Test
  void aNameServerThatFailsInWhateverWayChangesNothing() {
    dns.addresses("app.test", 1, "127.0.0.1", "127.0.0.2");
    begin("http://app.test");
    String[] before = {"http://app.test:80 at 127.0.0.1", "http://app.test:80 at 127.0.0.2"};
    awaitFound(before);
    for (Runnable failure :
        List.<Runnable>of(
            () -> dns.mode(TestingDnsServer.Mode.SERVER_FAILURE),
            () -> dns.remove("app.test"),
            () -> dns.addresses("app.test", 1),
            () -> dns.mode(TestingDnsServer.Mode.SILENT))) {
      dns.mode(TestingDnsServer.Mode.WELL);
      failure.run();
      long failures = discovery.failures();
      soon().until(() -> discovery.failures() > failures);
      assertThat(found()).containsExactlyInAnyOrder(before);
      assertThat(discovery.problems()).containsKey("http://app.test:80");
    }
    dns.mode(TestingDnsServer.Mode.WELL);
    dns.addresses("app.test", 1, "127.0.0.9");
    awaitFound("http://app.test:80 at 127.0.0.9");
    soon().until(() -> discovery.problems().isEmpty());
  }

  @Test
  void aNameThatWasNeverFoundIsADnsErrorUntilItIs() {
    begin("http://app.test");
    Wish wish = new Wish(Errand.forClient(false), true, List.of());
    assertThat(pool.take(wish, new CompletableFuture<>()))
        .isInstanceOfSatisfying(
            Pool.Taking.Refused.class,
            refused -> assertThat(refused.why().error()).isEqualTo(OriginError.DNS_ERROR));
    dns.addresses("app.test", 60, "127.0.0.1");
    awaitFound("http://app.test:80 at 127.0.0.1");
    assertThat(pool.take(wish, new CompletableFuture<>())).isInstanceOf(Pool.Taking.Taken.class);
  }

  @Test
  void theFirstRequestWaitsForTheFirstAnswer() {
    dns.addresses("app.test", 60, "127.0.0.1");
    begin("http://app.test");
    Wish wish = new Wish(Errand.forClient(false), true, List.of());
    assertThat(pool.take(wish, new CompletableFuture<>())).isInstanceOf(Pool.Taking.Taken.class);
  }

  @Test
  void aFileIsReadAgainWhenItChangesAndAWrongOneChangesNothing(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("origins"), "http://10.0.0.1 weight=2\n");
    dns.addresses("app.test", 60, "127.0.0.1");
    begin("file:" + file, "http://10.9.0.1 priority=2");
    awaitFound("http://10.0.0.1:80 weight=2", "http://10.9.0.1:80 priority=2");
    // A name in the file is looked up like any other.
    Files.writeString(file, "http://10.0.0.1\nhttp://app.test\n");
    awaitFound(
        "http://10.0.0.1:80", "http://app.test:80 at 127.0.0.1", "http://10.9.0.1:80 priority=2");
    Files.writeString(file, "http://10.0.0.3\nhttp:/10.0.0.4\n");
    soon().until(() -> !discovery.problems().isEmpty());
    assertThat(discovery.problems().get("file:" + file)).startsWith(file + ":2: expected ");
    assertThat(found()).hasSize(3);
    Files.delete(file);
    soon().until(() -> discovery.problems().toString().contains("no such file"));
    assertThat(found()).hasSize(3);
    Files.writeString(file, "http://10.0.0.3\n");
    awaitFound("http://10.0.0.3:80", "http://10.9.0.1:80 priority=2");
    assertThat(discovery.problems()).isEmpty();
  }

  @Test
  void otherSettingsBeginAndEndSearches() {
    dns.addresses("app.test", 60, "127.0.0.1").addresses("new.test", 60, "127.0.0.2");
    begin("http://app.test", "http://10.0.0.1");
    awaitFound("http://app.test:80 at 127.0.0.1", "http://10.0.0.1:80");
    Member kept = pool.members().all().getLast();
    pool.apply(settings(AddressFamily.IPV4_FIRST, "http://new.test", "http://10.0.0.1"));
    discovery.update();
    awaitFound("http://new.test:80 at 127.0.0.2", "http://10.0.0.1:80");
    assertThat(pool.members().all()).contains(kept);
  }
}
