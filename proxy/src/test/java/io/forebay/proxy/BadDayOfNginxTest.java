package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.TestingDnsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same bad day with nginx processes, in real time.
@Tag("long")
class BadDayOfNginxTest {

  private static final Duration SPAN = Duration.ofSeconds(8);
  private static final OriginTimeouts TIMEOUTS =
      new OriginTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Each file at once, so that nobody sees half of it.
  private static void write(Path pages, int version) throws IOException {
    Path next = pages.resolve("next");
    for (String kind : List.of("page", "strict", "live")) {
      Files.createDirectories(pages.resolve(kind));
      for (int i = 0; i < BadDay.PAGES; i++) {
        String target = "/" + kind + "/" + i;
        Files.writeString(next, BadDay.body(target, version));
        Files.move(
            next,
            pages.resolve(target.substring(1)),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void noErrorThatAStoredPageCouldHavePrevented(@TempDir Path folder) throws Exception {
    Path pages = Files.createDirectories(folder.resolve("www"));
    write(pages, 1);
    int port = freePort();
    try (TestingDnsServer dns = new TestingDnsServer();
        NginxOrigin one = new NginxOrigin("127.0.0.1", port, folder.resolve("one"), pages);
        NginxOrigin two = new NginxOrigin("127.0.0.2", port, folder.resolve("two"), pages)) {
      dns.addresses("app.test", 1, "127.0.0.1", "127.0.0.2");
      try (ProxyUnderTest proxy =
              new ProxyUnderTest(
                  _ -> BadDayTest.pool(port, Duration.ofSeconds(2)),
                  CachePolicy.defaults(),
                  TIMEOUTS,
                  List.of(dns.address()));
          BadDay day = new BadDay(proxy, 100, 1)) {
        day.warmUp();
        run(day, dns, pages, one, two);
        System.out.println(day.timeline());
      }
    }
  }

  private static void run(
      BadDay day, TestingDnsServer dns, Path pages, NginxOrigin one, NginxOrigin two)
      throws Exception {
    assertThat(day.phase("both nginx well", () -> {}, SPAN)).noneMatch(BadDay.Answer::isError);
    List<BadDay.Answer> half = day.phase("one killed (SIGKILL)", one::kill, SPAN);
    assertThat(BadDay.of(half, "/live/").filter(BadDay.Answer::isError).count())
        .isLessThanOrEqualTo(3);
    day.phase("both killed (SIGKILL)", two::kill, SPAN);
    write(pages, 2);
    one.restart();
    two.restart();
    day.awaitRecovery(2, 2);

    day.phase(
        "both hung (SIGSTOP)",
        () -> {
          one.stop();
          two.stop();
        },
        SPAN);
    write(pages, 3);
    one.goOn();
    two.goOn();
    day.awaitRecovery(3, 2);

    int version = 3;
    for (String how : List.of("errors", "closing")) {
      day.phase(
          how.equals("errors") ? "both answer 500" : "both close without an answer",
          () -> {
            one.failBy(how);
            two.failBy(how);
          },
          SPAN);
      write(pages, ++version);
      one.failNoLonger(how);
      two.failNoLonger(how);
      day.awaitRecovery(version, 2);
    }

    assertThat(day.phase("no name server", () -> dns.mode(TestingDnsServer.Mode.SILENT), SPAN))
        .noneMatch(BadDay.Answer::isError);
    assertThat(
            day.phase(
                "moved to one address",
                () -> {
                  dns.mode(TestingDnsServer.Mode.WELL);
                  dns.addresses("app.test", 1, "127.0.0.2");
                },
                SPAN))
        .noneMatch(BadDay.Answer::isError);
    write(pages, ++version);
    day.awaitRecovery(version, 1);
  }
}
