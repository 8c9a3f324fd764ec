package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginSource;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.PoolSettings;
import io.forebay.proxy.origin.TestingDnsServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A bad day for two origins behind one name, in a few seconds: the proxy's clock runs twenty times
/// as fast.
class BadDayTest {

  private static final Duration SPAN = Duration.ofMillis(1_200);
  private static final OriginTimeouts TIMEOUTS =
      new OriginTimeouts(Duration.ofMillis(500), Duration.ofMillis(400), Duration.ofMillis(400));

  static PoolSettings pool(int port, Duration downFor) {
    OriginSource.Reading read = OriginSource.read("http://app.test:" + port);
    return new PoolSettings(
        "app",
        List.of(((OriginSource.Reading.Read) read).source()),
        PoolSettings.Limits.USUAL,
        new PoolSettings.DownRules(5, downFor, downFor.multipliedBy(6), 50),
        Optional.empty(),
        20,
        new PoolSettings.Finding(PoolSettings.AddressFamily.IPV4_FIRST, Duration.ofSeconds(1)));
  }

  @Test
  void noErrorThatAStoredPageCouldHavePrevented() throws Exception {
    AtomicInteger version = new AtomicInteger(1);
    try (TestingDnsServer dns = new TestingDnsServer();
        UnsteadyOrigin one =
            new UnsteadyOrigin("127.0.0.1", 0, target -> BadDay.answer(target, version.get()));
        UnsteadyOrigin two =
            new UnsteadyOrigin(
                "127.0.0.2", one.port(), target -> BadDay.answer(target, version.get()))) {
      dns.addresses("app.test", 1, "127.0.0.1", "127.0.0.2");
      try (ProxyUnderTest proxy =
              new ProxyUnderTest(
                  _ -> pool(one.port(), Duration.ofSeconds(5)),
                  CachePolicy.defaults(),
                  TIMEOUTS,
                  List.of(dns.address()));
          BadDay day = new BadDay(proxy, 250, 20)) {
        day.warmUp();
        run(day, version, dns, one, two);
        System.out.println(day.timeline());
      }
    }
  }

  private static void run(
      BadDay day,
      AtomicInteger version,
      TestingDnsServer dns,
      UnsteadyOrigin one,
      UnsteadyOrigin two)
      throws Exception {
    List<BadDay.Answer> well = day.phase("all well", () -> {}, SPAN);
    assertThat(well).noneMatch(BadDay.Answer::isError);

    List<BadDay.Answer> half = day.phase("one of two killed", one::kill, SPAN);
    assertThat(BadDay.of(half, "/live/").filter(BadDay.Answer::isError).count())
        .as("requests that were at it when it was killed")
        .isLessThanOrEqualTo(3);

    List<BadDay.Answer> none = day.phase("both killed", two::kill, SPAN);
    assertThat(BadDay.of(none, "/page/")).anyMatch(BadDay.Answer::isStale);
    version.set(2);
    one.start();
    two.start();
    day.awaitRecovery(2, 2);

    for (UnsteadyOrigin.Mode mode :
        List.of(
            UnsteadyOrigin.Mode.HUNG, UnsteadyOrigin.Mode.ERRORS, UnsteadyOrigin.Mode.CLOSING)) {
      List<BadDay.Answer> ill =
          day.phase(
              "both " + mode,
              () -> {
                one.mode(mode);
                two.mode(mode);
              },
              SPAN);
      assertThat(BadDay.of(ill, "/page/")).as("%s", mode).anyMatch(BadDay.Answer::isStale);
      version.incrementAndGet();
      one.mode(UnsteadyOrigin.Mode.WELL);
      two.mode(UnsteadyOrigin.Mode.WELL);
      day.awaitRecovery(version.get(), 2);
    }

    List<BadDay.Answer> noDns =
        day.phase("no name server", () -> dns.mode(TestingDnsServer.Mode.SILENT), SPAN);
    assertThat(noDns).noneMatch(BadDay.Answer::isError);
    List<BadDay.Answer> moved =
        day.phase(
            "moved to one address",
            () -> {
              dns.mode(TestingDnsServer.Mode.WELL);
              dns.addresses("app.test", 1, "127.0.0.2");
            },
            SPAN);
    assertThat(moved).noneMatch(BadDay.Answer::isError);
    version.incrementAndGet();
    day.awaitRecovery(version.get(), 1);
  }
}
