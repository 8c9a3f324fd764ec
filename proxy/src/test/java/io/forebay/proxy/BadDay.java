package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.proxy.origin.OriginFigures;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/// A day on which origins fall ill in every way, while clients go on asking. Clients ask for three
/// kinds of pages:
///
/// - `/page/…`: may be served stale for ten minutes if the origin fails. **None of these may ever
///   fail.**
/// - `/strict/…`: must be revalidated. These must never be served stale.
/// - `/live/…`: never stored. These show how long the origin was away.
///
/// Each page says which version it is and for how long a body it goes on; so half a page shows.
final class BadDay implements AutoCloseable {

  static final int PAGES = 40;
  static final int STALE_IF_ERROR_SECONDS = 600;
  private static final int BODY_BYTES = 3_000;
  private static final Pattern TTL = Pattern.compile("ttl=(-?\\d+)");

  private final ProxyUnderTest proxy;
  private final ScheduledExecutorService clients = Executors.newScheduledThreadPool(1);
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private final List<String> timeline = new ArrayList<>();
  private final long began = System.nanoTime();

  /// What one client got.
  ///
  /// @param ttl of `Cache-Status`: negative when stale
  record Answer(String path, int status, String body, @Nullable Integer ttl, long micros) {

    boolean isError() {
      return status >= 500 || status == 0;
    }

    boolean isStale() {
      return staleSeconds() > 0;
    }

    int staleSeconds() {
      return ttl == null ? 0 : -ttl;
    }
  }

  /// @param perSecond requests
  /// @param clockRate how much faster the proxy's clock runs than ours
  BadDay(ProxyUnderTest proxy, int perSecond, int clockRate) {
    this.proxy = proxy;
    var _ =
        clock.scheduleAtFixedRate(
            () -> proxy.time.advance(Duration.ofMillis(20L * clockRate)),
            0,
            20,
            TimeUnit.MILLISECONDS);
    var _ = clients.scheduleAtFixedRate(this::ask, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
  }

  /// What an origin answers when it is well.
  static String answer(String target, int version) {
    String body = body(target, version);
    String control =
        target.startsWith("/page/")
            ? "max-age=1, stale-if-error=" + STALE_IF_ERROR_SECONDS
            : target.startsWith("/strict/") ? "max-age=1, must-revalidate" : "no-store";
    return "HTTP/1.1 200 OK\r\nCache-Control: "
        + control
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  static String body(String target, int version) {
    return "version " + version + " of " + target + " " + "x".repeat(BODY_BYTES) + " end";
  }

  private void ask() {
    int n = asked.getAndIncrement();
    // A proxy that answers nothing must not use up this machine.
    if (underWay.get() >= 600) {
      return;
    }
    String kind =
        switch (n % 5) {
          case 0 -> "/live/";
          case 1 -> "/strict/";
          default -> "/page/";
        };
    String path = kind + (n / 5) % PAGES;
    HttpRequest request = proxy.request(path).build();
    underWay.incrementAndGet();
    long sent = System.nanoTime();
    var _ =
        proxy
            .client
            .sendAsync(request, HttpResponse.BodyHandlers.ofString())
            .handle((response, failure) -> {
              underWay.decrementAndGet();
              long micros = (System.nanoTime() - sent) / 1_000;
              answers.add(
                  failure != null
                      ? new Answer(path, 0, String.valueOf(failure), null, micros)
                      : new Answer(
                          path, response.statusCode(), response.body(), ttl(response), micros));
              return null;
            });
  }

  private static @Nullable Integer ttl(HttpResponse<?> response) {
    Matcher ttl = TTL.matcher(ProxyUnderTest.cacheStatus(response));
    return ttl.find() ? Integer.valueOf(ttl.group(1)) : null;
  }

  /// Something that happens to the origins.
  interface Event {
    void happen() throws Exception;
  }

  /// Lets something happen, and looks for a while at what clients get.
  List<Answer> phase(String name, Event event, Duration span) throws Exception {
    answers.clear();
    event.happen();
    new CountDownLatch(1).await(span.toMillis(), TimeUnit.MILLISECONDS);
    List<Answer> seen = new ArrayList<>(answers);
    note(name, seen);
    // The promise of the day, whatever happens.
    assertThat(of(seen, "/page/").filter(Answer::isError))
        .as("errors that a stored page could have prevented, while: %s", name)
        .isEmpty();
    assertThat(of(seen, "/page/").filter(answer -> answer.isStale()))
        .as("stale for too long, while: %s", name)
        .allMatch(answer -> answer.staleSeconds() <= STALE_IF_ERROR_SECONDS);
    assertThat(of(seen, "/strict/").filter(Answer::isStale))
        .as("served stale against the origin's word, while: %s", name)
        .isEmpty();
    assertThat(seen.stream().filter(answer -> answer.status() == 200))
        .as("half a page, while: %s", name)
        .allMatch(answer -> answer.body().startsWith("version ") && answer.body().endsWith(" end"));
    return seen;
  }

  static Stream<Answer> of(List<Answer> seen, String kind) {
    return seen.stream().filter(answer -> answer.path().startsWith(kind));
  }

  /// Waits until all origins are up and every page is served in this version.
  void awaitRecovery(int version, int origins) {
    long since = System.nanoTime();
    soon()
        .until(() ->
            proxy.proxy.poolFigures().getFirst().origins().stream()
                    .filter(one -> one.standing().state() == OriginFigures.State.UP)
                    .count()
                == origins);
    double up = (System.nanoTime() - since) / 1e9;
    soon().until(() -> areAll(version));
    timeline.add(
        "%6.1f s  recovered: origins up after %.1f s, every page anew after %.1f s"
            .formatted(seconds(), up, (System.nanoTime() - since) / 1e9));
  }

  private boolean areAll(int version) throws Exception {
    for (int i = 0; i < PAGES; i++) {
      String path = "/page/" + i;
      if (!proxy.get(path).body().equals(body(path, version))) {
        return false;
      }
    }
    return true;
  }

  private static ConditionFactory soon() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50));
  }

  private double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  private void note(String name, List<Answer> seen) {
    long[] latencies = of(seen, "/page/").mapToLong(Answer::micros).sorted().toArray();
    timeline.add(
        ("%6.1f s  %-28s pages: %5d answered, %5d stale, %d errors, P50 %.1f ms, P99 %.1f ms;"
                + " strict: %4d, %3d errors; live: %4d, %3d errors")
            .formatted(
                seconds(),
                name,
                latencies.length,
                of(seen, "/page/").filter(Answer::isStale).count(),
                of(seen, "/page/").filter(Answer::isError).count(),
                percentile(latencies, 50),
                percentile(latencies, 99),
                of(seen, "/strict/").count(),
                of(seen, "/strict/").filter(Answer::isError).count(),
                of(seen, "/live/").count(),
                of(seen, "/live/").filter(Answer::isError).count()));
  }

  private static double percentile(long[] sorted, int percent) {
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1_000.0;
  }

  /// Fills the store with every page.
  void warmUp() throws Exception {
    for (int i = 0; i < PAGES; i++) {
      assertThat(proxy.get("/page/" + i).statusCode()).isEqualTo(200);
    }
    soon().until(() -> proxy.pages.statistics().entries() >= PAGES);
  }

  String timeline() {
    return String.join("\n", timeline);
  }

  @Override
  public void close() {
    clients.shutdownNow();
    clock.shutdownNow();
  }
}
