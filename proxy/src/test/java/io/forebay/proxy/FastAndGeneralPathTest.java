package io.forebay.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.CacheStatistics;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Lease;
import io.forebay.cache.Scope;
import io.forebay.http.Glob;
import io.forebay.http.caching.CachePolicy;
import io.forebay.http.caching.CacheStatus;
import io.forebay.proxy.RawResponses.Raw;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteMatch.HeaderMatch;
import io.forebay.proxy.route.RouteRules;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two proxies that differ in one thing: only the first answers fresh hits the fast way. Whatever
/// they are asked, whatever the origin says, whatever is invalidated and however time passes, they
/// answer with the same bytes, count the same, and tell observers the same.
@Tag("checker")
class FastAndGeneralPathTest {

  private static final long FAR_NANOS = Long.MAX_VALUE / 2;

  private static final List<String> PATHS =
      List.of("/a", "/b", "/c?x=1", "/c?x=2", "/d%20d", "/e/../e", "/f;g", "/h");

  private static final List<String> HOSTS =
      List.of("example.org", "example.org", "example.org", "EXAMPLE.org:80", "b.example:8080");

  private static final List<String> CACHE_CONTROLS =
      List.of(
          "max-age=60",
          "max-age=60",
          "max-age=5",
          "max-age=5, stale-while-revalidate=30",
          "s-maxage=40, max-age=1",
          "max-age=60, no-cache",
          "max-age=60, private",
          "max-age=60, must-revalidate",
          "no-store",
          "max-age=0");

  private static final List<String> VARIES =
      List.of(
          "", "", "Accept-Encoding", "accept-encoding", "Accept-Encoding, Accept-Language", "*");

  private static final List<String> HARMLESS =
      List.of(
          "User-Agent: someone",
          "Accept: */*",
          "Cookie: a=b",
          "Connection: keep-alive",
          "Via: 1.1 other",
          "X-Mark: 1",
          "X-Long: " + "x".repeat(100));

  private static final List<String> ENCODINGS =
      List.of("gzip", "gzip, br", "br,gzip", "GZIP;q=1.0", "identity", "");

  private static final List<String> WEIGHTY =
      List.of(
          "Cache-Control: no-cache",
          "Cache-Control: max-age=3",
          "Cache-Control: only-if-cached",
          "Cache-Control: max-stale",
          "Pragma: no-cache",
          "If-None-Match: \"v1\"",
          "If-None-Match: *",
          "If-Modified-Since: Sun, 01 Mar 2026 11:00:00 GMT",
          "If-Match: \"v2\"",
          "Accept-Language: de",
          "TE: trailers",
          "Forebay-Debug: 1",
          "Content-Length: 0",
          "Expect: 100-continue",
          "CDN-Loop: forebay; id=other",
          "X-Forwarded-Proto: https");

  /// The path for which the field `X-Mark` may choose another route.
  private static final String MARKED = "/h";

  private static final RouteMatch MARK =
      new RouteMatch(List.of(), List.of(new HeaderMatch("X-Mark", Glob.of("*"))), List.of());

  /// What the origin has under a path.
  private record Content(int status, int version, int bytes, List<String> fields, boolean chunked) {

    static Content random(Random random, int version) {
      List<String> fields = new ArrayList<>();
      add(fields, "Cache-Control", pick(random, CACHE_CONTROLS));
      String vary = pick(random, VARIES);
      if (!vary.isEmpty()) {
        add(fields, "Vary", vary);
      }
      if (random.nextBoolean()) {
        add(fields, "ETag", "\"v" + version % 3 + "\"");
      }
      if (random.nextInt(3) == 0) {
        add(fields, "Last-Modified", "Sun, 01 Mar 2026 10:00:00 GMT");
      }
      if (random.nextInt(4) == 0) {
        add(fields, "Age", Integer.toString(random.nextInt(8)));
      }
      if (random.nextInt(6) == 0) {
        add(fields, "Cache-Status", "shield; hit; ttl=7");
      }
      if (random.nextInt(3) == 0) {
        add(fields, "Cache-Tag", "t" + random.nextInt(3));
      }
      if (random.nextInt(8) == 0) {
        add(fields, "X-Odd", "1702839461");
      }
      int status = List.of(200, 200, 200, 200, 404, 301, 203, 204).get(random.nextInt(8));
      int bytes = List.of(0, 1, 1024, 5000, 70_000, 140_000).get(random.nextInt(6));
      return new Content(
          status, version, status == 204 ? 0 : bytes, List.copyOf(fields), random.nextInt(4) == 0);
    }

    private static void add(List<String> fields, String name, String value) {
      fields.add(name);
      fields.add(value);
    }

    /// What HEAD brings is not to be stored, since nothing here would tell when it is.
    void answer(HttpServerRequest request) {
      HttpServerResponse response = request.response();
      for (int i = 0; i < fields.size(); i += 2) {
        response.headers().add(fields.get(i), fields.get(i + 1));
      }
      String tag = response.headers().get("ETag");
      if (request.method().name().equals("HEAD")) {
        response.setStatusCode(status).putHeader("Cache-Control", "no-store").end();
      } else if (tag != null && String.valueOf(request.getHeader("If-None-Match")).contains(tag)) {
        response.setStatusCode(304).end();
      } else {
        response.setStatusCode(status).setChunked(chunked && status != 204).end(body(request));
      }
    }

    private String body(HttpServerRequest request) {
      String start =
          version
              + " mark="
              + request.getHeader("X-Mark")
              + " "
              + request.uri()
              + " "
              + request.getHeader("Accept-Encoding");
      return status == 204 ? "" : start + "x".repeat(Math.max(0, bytes - start.length()));
    }
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /// One proxy with its origin, and a connection that is kept as long as the proxy lets it.
  private static final class World implements AutoCloseable {
    final ProxyUnderTest proxy;
    private @Nullable Socket socket;
    private @Nullable RawResponses responses;

    /// @param isMarkedApart whether the requests for one path take different routes
    World(boolean fastHits, Lease lease, Map<String, Content> contents, boolean isMarkedApart)
        throws Exception {
      // All fetches for GET can be joined, and so be seen to end.
      CachePolicy policy =
          CachePolicy.defaults().toBuilder().doNotCollapseFor(Duration.ZERO).build();
      proxy =
          new ProxyUnderTest(
              policy,
              all ->
                  isMarkedApart
                      ? List.of(
                          all.as("marked", MARKED).withRules(RouteRules.USUAL.withMatch(MARK)), all)
                      : List.of(all),
              ProxyUnderTest.connections(),
              fastHits,
              lease);
      for (String path : PATHS) {
        proxy.origin.on(
            path.split("\\?", 2)[0],
            request ->
                contents
                    .getOrDefault(request.path(), new Content(404, 0, 3, List.of(), false))
                    .answer(request));
      }
    }

    /// Sends the requests in one go, cut at these places, and reads their answers.
    List<Raw> ask(List<Request> requests, Set<Integer> cuts) throws IOException {
      if (socket == null) {
        socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        responses = new RawResponses(new BufferedInputStream(socket.getInputStream()));
      }
      StringBuilder text = new StringBuilder();
      requests.forEach(request -> text.append(request.text()));
      int from = 0;
      for (int cut : cuts) {
        if (cut > from && cut < text.length()) {
          send(text.substring(from, cut));
          from = cut;
        }
      }
      send(text.substring(from));
      List<Raw> answers = new ArrayList<>();
      boolean isOpen = true;
      for (int i = 0; i < requests.size() && isOpen; i++) {
        Optional<Raw> answer = Objects.requireNonNull(responses).next(requests.get(i).method());
        answer.ifPresent(answers::add);
        isOpen = answer.isPresent() && !answer.get().isLast();
      }
      Awaitility.await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .until(() ->
              proxy.proxy.figures().fetchesUnderWay() == 0
                  && proxy.proxy.figures().exchangesUnderWay() == 0);
      if (!isOpen) {
        Objects.requireNonNull(socket).close();
        socket = null;
      }
      return answers;
    }

    private void send(String bytes) throws IOException {
      var out = Objects.requireNonNull(socket).getOutputStream();
      out.write(bytes.getBytes(ISO_8859_1));
      out.flush();
    }

    /// The hits as observers were told of them, in no order, without times.
    List<String> hits() {
      return proxy.records.stream()
          .filter(r -> r.cacheStatus().filter(CacheStatus::hit).isPresent())
          .map(ProxyUnderTest::withoutTimes)
          .sorted()
          .toList();
    }

    private List<ExchangeRecord> lastRecords() {
      return proxy.records.subList(Math.max(0, proxy.records.size() - 6), proxy.records.size());
    }

    @Override
    public void close() throws IOException {
      if (socket != null) {
        socket.close();
      }
      proxy.close();
    }
  }

  private record Request(String method, String target, String text) {

    /// @param isLast whether it may end the connection
    static Request random(Random random, String path, boolean isLast) {
      String method = random.nextInt(6) == 0 ? "HEAD" : "GET";
      String target = random.nextInt(15) == 0 ? "http://example.org" + path : path;
      List<String> lines = new ArrayList<>();
      lines.add((random.nextInt(4) == 0 ? "hOST:  " : "Host: ") + pick(random, HOSTS));
      for (int i = random.nextInt(4); i > 0; i--) {
        lines.add(pick(random, HARMLESS));
      }
      if (random.nextInt(3) == 0) {
        lines.add("Accept-Encoding: " + pick(random, ENCODINGS));
      }
      if (random.nextInt(4) == 0) {
        lines.add(pick(random, WEIGHTY));
      }
      if (isLast && random.nextInt(6) == 0) {
        lines.add("Connection: " + (random.nextBoolean() ? "close" : "keep-alive, close"));
      }
      String text =
          method + " " + target + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
      return new Request(method, target, text);
    }

    boolean isAnsweredByItsRoute(Raw answer) {
      boolean isOrigins = target.endsWith(MARKED) && answer.body().contains(" mark=");
      return !isOrigins
          || answer.body().contains(text.contains("X-Mark") ? " mark=1 " : " mark=null ");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void bothAnswerAlike(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, Content> contents = new ConcurrentHashMap<>();
    Lease lease = Lease.ended();
    lease.extendTo(FAR_NANOS);
    boolean isMarkedApart = seed % 2 == 0;
    try (World fast = new World(true, lease, contents, isMarkedApart);
        World general = new World(false, lease, contents, isMarkedApart)) {
      for (String path : PATHS) {
        contents.put(path.split("\\?", 2)[0], Content.random(random, 0));
      }
      Map<String, Integer> versions = new HashMap<>();
      for (int step = 0; step < 250; step++) {
        change(random, contents, versions, lease, fast, general);
        List<Request> requests = requests(random);
        Set<Integer> cuts = new TreeSet<>();
        for (int i = random.nextInt(8) - 4; i > 0; i--) {
          cuts.add(random.nextInt(1, 600));
        }
        String about = "seed " + seed + ", step " + step + ": " + requests;
        List<Raw> one = fast.ask(requests, cuts);
        List<Raw> other = general.ask(requests, cuts);
        String after = "; last records " + fast.lastRecords() + " and " + general.lastRecords();
        assertThat(one.size()).as(about + after).isEqualTo(other.size());
        for (int i = 0; i < one.size(); i++) {
          String which = about + ", answer " + i + after;
          assertThat(one.get(i).head()).as(which).isEqualTo(other.get(i).head());
          assertThat(one.get(i).body().equals(other.get(i).body())).as(which).isTrue();
          if (isMarkedApart) {
            assertThat(requests.get(i).isAnsweredByItsRoute(one.get(i))).as(which).isTrue();
          }
        }
        assertThat(counts(fast)).as(about).isEqualTo(counts(general));
      }
      Awaitility.await()
          .untilAsserted(() -> assertThat(fast.hits()).containsExactlyElementsOf(general.hits()));
      assertThat(fast.proxy.pages.statistics().hits()).isGreaterThan(50);
    }
  }

  /// What does not depend on when the cache's upkeep comes round.
  private static List<Long> counts(World world) {
    CacheStatistics statistics = world.proxy.pages.statistics();
    return List.of(
        statistics.hits(), statistics.staleHits(), statistics.misses(), statistics.writes());
  }

  /// One request, or several at once for different pages.
  private static List<Request> requests(Random random) {
    List<String> paths = new ArrayList<>(PATHS);
    java.util.Collections.shuffle(paths, random);
    List<Request> requests = new ArrayList<>();
    for (int i = random.nextInt(3) == 0 ? random.nextInt(1, 6) : 1; i > 0; i--) {
      requests.add(Request.random(random, paths.get(i), i == 1));
    }
    return requests;
  }

  private static void change(
      Random random,
      Map<String, Content> contents,
      Map<String, Integer> versions,
      Lease lease,
      World fast,
      World general) {
    switch (random.nextInt(12)) {
      case 0 -> {
        String path = pick(random, PATHS).split("\\?", 2)[0];
        contents.put(path, Content.random(random, versions.merge(path, 1, Integer::sum)));
      }
      case 1, 2, 3 -> {
        Duration span = Duration.ofMillis(random.nextInt(1, 9_000));
        fast.proxy.time.advance(span);
        general.proxy.time.advance(span);
      }
      case 4 -> {
        Scope scope = scope(random);
        Invalidation.Mode mode =
            random.nextBoolean() ? Invalidation.Mode.HARD : Invalidation.Mode.SOFT;
        fast.proxy.pages.invalidate(scope, mode);
        general.proxy.pages.invalidate(scope, mode);
      }
      case 5 -> {
        if (random.nextBoolean()) {
          lease.end();
        } else {
          lease.extendTo(FAR_NANOS);
        }
      }
      default -> {}
    }
  }

  private static Scope scope(Random random) {
    String path = pick(random, PATHS);
    return switch (random.nextInt(5)) {
      case 0 -> new Scope.Tags(Set.of("t" + random.nextInt(3)));
      case 1 -> new Scope.Urls(Set.of("http://example.org" + path));
      case 2 -> new Scope.Prefixes(Set.of("http://example.org" + path.substring(0, 2)));
      case 3 -> new Scope.Hosts(Set.of("b.example:8080"));
      default -> new Scope.Everything();
    };
  }
}
