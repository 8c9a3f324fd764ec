package io.forebay.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.CacheStatistics;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.RawResponses.Raw;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteRules;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two proxies that differ in one thing: only the first passes requests through on its event loop.
/// Whatever an origin answers, stored or not, their clients get the same bytes, their origins the
/// same requests, and observers are told the same.
@Tag("checker")
class PassedAndGeneralPathTest {

  private static final List<String> PATHS = List.of("/a", "/b?x=1", "/c", "/d.css");

  private static final List<String> CACHING =
      List.of(
          "Cache-Control: no-store",
          "Cache-Control: no-store",
          "Cache-Control: no-store",
          "Cache-Control: private, max-age=60",
          "Cache-Control: max-age=60\r\nSet-Cookie: a=b",
          "Cache-Control: max-age=60\r\nVary: *",
          "Cache-Control: max-age=60",
          "Cache-Control: max-age=60\r\nVary: Cookie",
          "Cache-Control: max-age=1",
          "Expires: 0");

  private static final List<String> FURTHER =
      List.of(
          "",
          "",
          "X-Some: thing\r\n",
          "Connection: X-Hop\r\nX-Hop: 1\r\n",
          "Keep-Alive: timeout=5\r\n",
          "Cache-Tag: t1\r\n",
          "Date: Sun, 01 Mar 2026 11:59:58 GMT\r\n",
          "Date: yesterday\r\n",
          "Content-Type: text/html\r\n",
          "Cache-Status: shield; fwd=miss\r\n",
          "Set-Cookie: c=1\r\nSet-Cookie: d=2\r\n",
          "Age: 3\r\n",
          "Via: 1.1 shield\r\n",
          "X-Long: " + "x".repeat(3_000) + "\r\n");

  private static final List<String> REQUEST_LINES =
      List.of(
          "User-Agent: someone",
          "Accept: */*",
          "Cookie: session=1",
          "Cookie: session=2",
          "Connection: keep-alive",
          "Keep-Alive: timeout=9",
          "Proxy-Connection: keep-alive",
          "Via: 1.1 edge",
          "CDN-Loop: other",
          "X-Forwarded-For: 10.0.0.1",
          "X-Forwarded-Port: 8443",
          "X-Real-IP: 10.0.0.1",
          "X-Original-URL: /admin",
          "Accept-Encoding: gzip",
          "TE: trailers",
          "Authorization: Basic eDp5",
          "If-None-Match: \"v1\"",
          "Range: bytes=0-3",
          "Cache-Control: no-cache",
          "Forebay-Debug: 1",
          "Forebay-Explain: 1",
          "X-Odd:\t  a  b\t");

  /// What the origin sends for a path.
  private record Content(String bytes, boolean isLast) {

    static Content random(Random random, int version) {
      String interim =
          random.nextInt(8) == 0
              ? "HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\nContent-Length: 9\r\n\r\n"
              : "";
      int status =
          pick(random, List.of(200, 200, 200, 200, 200, 404, 302, 500, 503, 204, 205, 403));
      String body =
          "v" + version + "y".repeat(pick(random, List.of(0, 10, 1_000, 9_000, 70_000, 300_000)));
      String head =
          interim
              + (random.nextInt(12) == 0 ? "HTTP/1.0 " : "HTTP/1.1 ")
              + status
              + " Said so\r\n"
              + pick(random, CACHING)
              + "\r\n"
              + pick(random, FURTHER)
              + pick(random, FURTHER);
      boolean isOld = head.contains("HTTP/1.0");
      if (status == 204) {
        String length = random.nextBoolean() ? "Content-Length: 3\r\n" : "";
        return new Content(head + length + "\r\n", isOld);
      }
      return switch (random.nextInt(isOld ? 3 : 12)) {
        case 0 -> new Content(head + "Connection: close\r\n\r\n" + body, true);
        case 1, 2, 3, 4, 5, 6 ->
            new Content(head + "Content-Length: " + body.length() + "\r\n\r\n" + body, isOld);
        case 7 ->
            // More than it says.
            new Content(head + "Content-Length: 2\r\n\r\n" + body, true);
        case 8 -> new Content(head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", true);
        default ->
            new Content(head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body, random), false);
      };
    }

    private static String chunked(String body, Random random) {
      StringBuilder chunks = new StringBuilder();
      int at = 0;
      while (at < body.length()) {
        int to = Math.min(body.length(), at + random.nextInt(1, 40_000));
        chunks.append(Integer.toHexString(to - at)).append(random.nextInt(3) == 0 ? ";e=1" : "");
        chunks.append("\r\n").append(body, at, to).append("\r\n");
        at = to;
      }
      String trailer = random.nextInt(3) == 0 ? "X-Trailer: t\r\n" : "";
      return chunks.append("0\r\n").append(trailer).append("\r\n").toString();
    }
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static final class World implements AutoCloseable {
    final RawOrigin origin;
    final ProxyUnderTest proxy;
    private @Nullable Socket socket;
    private @Nullable RawResponses responses;

    World(boolean onLoop, Map<String, Content> contents, Function<Route, List<Route>> routes)
        throws Exception {
      origin =
          new RawOrigin(
              (head, _) -> Objects.requireNonNull(contents.get(head.split("[ ?]", 3)[1])).bytes(),
              head -> Objects.requireNonNull(contents.get(head.split("[ ?]", 3)[1])).isLast());
      CachePolicy policy =
          CachePolicy.defaults().toBuilder().doNotCollapseFor(Duration.ofSeconds(30)).build();
      proxy = new ProxyUnderTest(policy, onLoop, origin.address(), routes);
    }

    List<Raw> ask(List<String> requests) throws IOException {
      if (socket == null) {
        socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        responses = new RawResponses(new BufferedInputStream(socket.getInputStream()));
      }
      socket.getOutputStream().write(String.join("", requests).getBytes(ISO_8859_1));
      List<Raw> answers = new ArrayList<>();
      boolean isOpen = true;
      while (answers.size() < requests.size() && isOpen) {
        Optional<Raw> answer = Objects.requireNonNull(responses).next("GET");
        answer.ifPresent(answers::add);
        isOpen = answer.isPresent() && !answer.get().isLast();
      }
      if (!isOpen) {
        socket.close();
        socket = null;
      }
      Awaitility.await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .until(() ->
              proxy.proxy.figures().fetchesUnderWay() == 0
                  && proxy.proxy.figures().exchangesUnderWay() == 0);
      return answers;
    }

    /// What observers were told, without times.
    List<String> told(int after) {
      return proxy.told(after);
    }

    /// What the origin was asked, but for who we are.
    List<String> asked(int after) {
      return origin.asked().stream()
          .skip(after)
          .map(head -> head.replaceAll("id=[0-9a-f-]{36}", "id=(instance)"))
          .toList();
    }

    /// What does not depend on when the cache's upkeep comes round.
    List<Object> counts() {
      CacheStatistics statistics = proxy.pages.statistics();
      var pool = proxy.proxy.poolFigures().getFirst().origins().getFirst();
      return List.of(
          statistics.hits(),
          statistics.staleHits(),
          statistics.misses(),
          statistics.writes(),
          pool.requests(),
          pool.underWay(),
          pool.errors(),
          pool.errorResponses(),
          pool.brokenBodies());
    }

    @Override
    public void close() throws IOException {
      if (socket != null) {
        socket.close();
      }
      proxy.close();
      origin.close();
    }
  }

  private static String request(Random random, String path) {
    List<String> lines = new ArrayList<>(List.of("Host: example.org"));
    for (int i = random.nextInt(4); i > 0; i--) {
      lines.add(pick(random, REQUEST_LINES));
    }
    return "GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void bothPassAlike(long seed) throws Exception {
    check(seed, List::of);
  }

  @ParameterizedTest
  @ValueSource(longs = {101})
  void bothPassAlikeWhatTheirRoutesPassOn(long seed) throws Exception {
    check(
        seed,
        all -> {
          HeaderEdits edits =
              new HeaderEdits(
                  List.of(Glob.ignoringCase("X-S*")),
                  List.of(new FieldLine("X-Set", "1")),
                  List.of());
          RouteRules bypass = RouteRules.USUAL.withBypass().withEdits(HeaderEdits.NONE, edits);
          return List.of(all.as("b", "/b*").withRules(bypass), all);
        });
  }

  private static void check(long seed, Function<Route, List<Route>> routes) throws Exception {
    Random random = new Random(seed);
    Map<String, Content> contents = new ConcurrentHashMap<>();
    for (String path : PATHS) {
      contents.put(path.split("\\?", 2)[0], Content.random(random, 0));
    }
    try (World onLoop = new World(true, contents, routes);
        World general = new World(false, contents, routes)) {
      for (int step = 0; step < 300; step++) {
        change(random, step, contents, onLoop, general);
        List<String> requests = requests(random);
        String about = "seed " + seed + ", step " + step + ": " + requests + heads(contents);
        int told = general.proxy.records.size();
        int asked = general.origin.asked().size();
        List<Raw> one = onLoop.ask(requests);
        List<Raw> other = general.ask(requests);
        about += "\n" + onLoop.told(told) + "\n" + general.told(told);
        assertThat(one.size()).as(about).isEqualTo(other.size());
        for (int i = 0; i < one.size(); i++) {
          assertThat(one.get(i).head()).as(about).isEqualTo(other.get(i).head());
          assertThat(one.get(i).body().equals(other.get(i).body())).as(about).isTrue();
        }
        // What is stored is stored behind the answer, and what is told is told behind it.
        Awaitility.await(about)
            .atMost(Duration.ofSeconds(5))
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .untilAsserted(() -> {
              assertThat(onLoop.counts()).isEqualTo(general.counts());
              assertThat(onLoop.told(told)).isEqualTo(general.told(told));
            });
        assertThat(onLoop.asked(asked)).as(about).isEqualTo(general.asked(asked));
      }
      assertThat(onLoop.proxy.answeredFast.get()).isGreaterThan(100);
    }
  }

  /// One request, or several at once for different pages.
  private static List<String> requests(Random random) {
    List<String> paths = new ArrayList<>(PATHS);
    Collections.shuffle(paths, random);
    return paths.stream()
        .limit(random.nextInt(4) == 0 ? random.nextInt(1, PATHS.size()) : 1)
        .map(path -> request(random, path))
        .toList();
  }

  private static String heads(Map<String, Content> contents) {
    StringBuilder heads = new StringBuilder();
    contents.forEach((path, content) -> {
      String bytes = content.bytes();
      heads.append("\n").append(path).append(": ");
      heads.append(bytes, 0, Math.min(bytes.length(), 300));
    });
    return heads.toString();
  }

  private static void change(
      Random random, int step, Map<String, Content> contents, World onLoop, World general) {
    switch (random.nextInt(8)) {
      case 0, 1 ->
          contents.put(pick(random, PATHS).split("\\?", 2)[0], Content.random(random, step));
      case 2 -> {
        Duration span = Duration.ofMillis(random.nextInt(1, 12_000));
        onLoop.proxy.time.advance(span);
        general.proxy.time.advance(span);
      }
      case 3 -> {
        Scope scope = new Scope.Urls(Set.of("http://example.org" + pick(random, PATHS)));
        onLoop.proxy.pages.invalidate(scope, Invalidation.Mode.HARD);
        general.proxy.pages.invalidate(scope, Invalidation.Mode.HARD);
      }
      default -> {}
    }
  }
}
