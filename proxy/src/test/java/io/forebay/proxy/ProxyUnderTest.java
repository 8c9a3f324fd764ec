package io.forebay.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Isolation;
import io.forebay.cache.Lease;
import io.forebay.cache.testing.TestingTimeSource;
import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.body.Wait;
import io.forebay.proxy.listen.ConnectionSettings;
import io.forebay.proxy.listen.ListenSettings;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.listen.ProxyListener;
import io.forebay.proxy.listen.TagFields;
import io.forebay.proxy.listen.TrustedNetworks;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.origin.OriginProtocol;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.origin.OriginTls;
import io.forebay.proxy.origin.PoolSettings;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.Route;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A real proxy on loopback, before a [ScriptedOrigin], with clocks set by hand.
final class ProxyUnderTest implements AutoCloseable {

  static final int MAX_STORED_BODY_BYTES = 1_000_000;
  static final int MAX_FOLLOWERS = 200;
  static final Duration IDLE_TIMEOUT = seconds(20);

  /// In bytes a second.
  static final long MIN_UPLOAD_RATE = 10;

  /// The route that takes everything, from which others are made.
  final Route all;

  final Vertx vertx = Vertx.vertx();
  final TestingTimeSource time = new TestingTimeSource();
  final ScriptedOrigin origin;
  final Cache<String, Page> pages;
  final Proxy proxy;
  final TestingPurges purges = new TestingPurges();
  final List<ExchangeRecord> records = new CopyOnWriteArrayList<>();

  /// Exchanges that needed no thread of their own.
  final AtomicInteger answeredFast = new AtomicInteger();

  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final int port;
  final int tlsPort;

  ProxyUnderTest() throws Exception {
    this(CachePolicy.defaults(), new OriginTimeouts(seconds(5), seconds(20), seconds(20)), null);
  }

  ProxyUnderTest(CachePolicy policy, OriginTimeouts timeouts, @Nullable Origin otherOrigin)
      throws Exception {
    this(
        scripted -> PoolSettings.of("all", List.of(otherOrigin == null ? scripted : otherOrigin)),
        policy,
        timeouts);
  }

  /// @param pool made of the scripted origin
  ProxyUnderTest(Function<Origin, PoolSettings> pool, CachePolicy policy, OriginTimeouts timeouts)
      throws Exception {
    this(pool, policy, timeouts, List.of());
  }

  /// @param nameServers to look up origins
  ProxyUnderTest(
      Function<Origin, PoolSettings> pool,
      CachePolicy policy,
      OriginTimeouts timeouts,
      List<InetSocketAddress> nameServers)
      throws Exception {
    this(
        pool,
        policy,
        timeouts,
        nameServers,
        List::of,
        connections(),
        IDLE_TIMEOUT,
        true,
        Lease.ENDLESS,
        List.of());
  }

  /// One before an origin that is spoken HTTP/2 with, and that never counts as down.
  ProxyUnderTest(OriginTimeouts timeouts, Origin http2Origin) throws Exception {
    this(
        _ -> neverDown(http2Origin),
        CachePolicy.defaults(),
        timeouts,
        List.of(),
        List::of,
        connections(),
        IDLE_TIMEOUT,
        true,
        Lease.ENDLESS,
        List.of(new OriginLink(http2Origin, OriginProtocol.HTTP2, OriginTls.USUAL)));
  }

  private static PoolSettings neverDown(Origin origin) {
    return PoolSettings.of("all", List.of(origin))
        .with(new PoolSettings.DownRules(1_000_000, seconds(1), seconds(1), 50));
  }

  /// With another patience for clients that send or take nothing.
  ProxyUnderTest(Duration idleTimeout) throws Exception {
    this(
        scripted -> PoolSettings.of("all", List.of(scripted)),
        CachePolicy.defaults(),
        new OriginTimeouts(seconds(5), seconds(20), seconds(20)),
        List.of(),
        List::of,
        connections(),
        idleTimeout,
        true,
        Lease.ENDLESS,
        List.of());
  }

  /// @param routes made from the one that takes everything
  ProxyUnderTest(Function<Route, List<Route>> routes) throws Exception {
    this(CachePolicy.defaults(), routes, connections(), true, Lease.ENDLESS);
  }

  /// With other rules for connections than the usual.
  ProxyUnderTest(ConnectionSettings connections) throws Exception {
    this(CachePolicy.defaults(), List::of, connections, true, Lease.ENDLESS);
  }

  /// One before another origin, which never counts as down, that uses its event loops for more than
  /// bytes, or not.
  ///
  /// @param routes made from the one that takes everything
  ProxyUnderTest(
      CachePolicy policy, boolean fastHits, Origin otherOrigin, Function<Route, List<Route>> routes)
      throws Exception {
    this(
        _ -> neverDown(otherOrigin),
        policy,
        new OriginTimeouts(seconds(5), seconds(20), seconds(20)),
        List.of(),
        routes,
        connections(),
        IDLE_TIMEOUT,
        fastHits,
        Lease.ENDLESS,
        List.of());
  }

  /// One that answers fresh hits before an exchange is opened, or not.
  ///
  /// @param lease for how long it may trust what it knows of invalidations
  ProxyUnderTest(CachePolicy policy, boolean fastHits, Lease lease) throws Exception {
    this(policy, List::of, connections(), fastHits, lease);
  }

  ProxyUnderTest(
      CachePolicy policy,
      Function<Route, List<Route>> routes,
      ConnectionSettings connections,
      boolean fastHits,
      Lease lease)
      throws Exception {
    this(
        scripted -> PoolSettings.of("all", List.of(scripted)),
        policy,
        new OriginTimeouts(seconds(5), seconds(20), seconds(20)),
        List.of(),
        routes,
        connections,
        IDLE_TIMEOUT,
        fastHits,
        lease,
        List.of());
  }

  private ProxyUnderTest(
      Function<Origin, PoolSettings> pool,
      CachePolicy policy,
      OriginTimeouts timeouts,
      List<InetSocketAddress> nameServers,
      Function<Route, List<Route>> routes,
      ConnectionSettings connections,
      Duration idleTimeout,
      boolean fastHits,
      Lease lease,
      List<OriginLink> links)
      throws Exception {
    origin = new ScriptedOrigin(vertx);
    pages =
        CacheBuilder.<Page>withTextKeys("pages")
            .maxBytes(64 << 20, (key, page) -> key.length() + page.weightBytes())
            .patternText(PageStore::urlOf)
            .timeSource(time)
            .build();
    List<Network> explainNetworks = List.of(Network.parse("127.0.0.2").orElseThrow());
    all =
        new Route(
            "all",
            Optional.empty(),
            "/*",
            pool.apply(new Origin("127.0.0.1", origin.port(), false)),
            timeouts,
            policy,
            MAX_STORED_BODY_BYTES);
    ListenSettings listen =
        new ListenSettings(
            "127.0.0.1",
            0,
            1_000,
            16_384,
            idleTimeout,
            MIN_UPLOAD_RATE,
            seconds(40),
            1,
            TagFields.DEBUG,
            connections,
            fastHits);
    proxy =
        new Proxy(
            vertx,
            new ProxySettings(
                listen,
                routes.apply(all),
                65_536,
                64 << 20,
                16,
                MAX_FOLLOWERS,
                links,
                new TunnelSettings(Set.of("websocket", "echo"), 2),
                explainNetworks,
                nameServers,
                RequestGuards.USUAL),
            new PageStore(
                pages,
                Optional.empty(),
                new Isolation(lease, Isolation.Behaviour.REVALIDATE, Duration.ZERO),
                time),
            purges,
            time,
            exchange -> {
              records.add(exchange);
              if (!Thread.currentThread().isVirtual()) {
                answeredFast.incrementAndGet();
              }
            },
            explanation -> explanation.toString().getBytes(StandardCharsets.UTF_8));
    ProxyListener.Ports ports = proxy.start();
    port = ports.plain();
    tlsPort = ports.tls().orElse(0);
  }

  static ConnectionSettings connections() {
    return new ConnectionSettings(
        10_000, seconds(20), 100, TrustedNetworks.NONE, false, true, 100, Optional.empty());
  }

  static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(seconds(30));
  }

  HttpResponse<String> get(String path, String... fields) throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path);
    return client.send(
        (fields.length == 0 ? request : request.headers(fields)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> getAsync(String path, String... fields) {
    HttpRequest.Builder request = request(path);
    return client.sendAsync(
        (fields.length == 0 ? request : request.headers(fields)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        request(path).method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /// Gets the page and waits until it is in the store: a client may have the last byte before.
  HttpResponse<String> getStored(String path) throws IOException, InterruptedException {
    long before = pages.statistics().writes();
    HttpResponse<String> response = get(path);
    Awaitility.await().until(() -> pages.statistics().writes() > before);
    return response;
  }

  /// What was recorded, once there are so many: a client may have the last byte before.
  List<ExchangeRecord> records(int count) {
    Awaitility.await().until(() -> records.size() >= count);
    return records;
  }

  /// What observers were told, in no order, without times.
  ///
  /// @param after so many
  List<String> told(int after) {
    return records.stream()
        .skip(after)
        .map(ProxyUnderTest::withoutTimes)
        .sorted() // each is told when its own thread is done
        .toList();
  }

  /// All exchanges, and all that was begun for them, come to an end, and none met an internal
  /// error.
  void assertNothingIsLeft(long seed) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          ProxyFigures figures = proxy.figures();
          var pool = proxy.poolFigures().getFirst();
          assertThat(figures.exchangesUnderWay()).as("seed %d", seed).isZero();
          assertThat(figures.fetchesUnderWay()).as("seed %d", seed).isZero();
          assertThat(figures.fillBytes()).as("seed %d", seed).isZero();
          assertThat(pool.origins().getFirst().underWay()).as("seed %d", seed).isZero();
        });
    assertThat(records)
        .as("seed %d", seed)
        .noneMatch(record -> record.reason().startsWith("internal error"));
  }

  /// A record as text, without times.
  static String withoutTimes(ExchangeRecord record) {
    return String.join(
        " ",
        record.protocol(),
        record.method(),
        record.authority(),
        record.target(),
        record.route(),
        Integer.toString(record.status()),
        record.cacheStatus().map(Object::toString).orElse("-"),
        record.reason(),
        record.error().map(Object::toString).orElse("-"),
        Boolean.toString(record.cutOff()),
        Long.toString(record.bodyBytes()),
        record.peer());
  }

  static String cacheStatus(HttpResponse<?> response) {
    return String.join(", ", response.headers().allValues("Cache-Status"));
  }

  @Override
  public void close() throws IOException {
    client.close();
    proxy.close();
    pages.close();
    origin.close();
    Wait.on(vertx.close(), seconds(10), "Vert.x's end");
  }
}
