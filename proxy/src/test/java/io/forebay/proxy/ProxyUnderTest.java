package io.forebay.proxy;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
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
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.pages.Page;
import io.forebay.proxy.route.Route;
import io.vertx.core.Vertx;
import java.io.IOException;
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
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A real proxy on loopback, before a [ScriptedOrigin], with clocks set by hand.
final class ProxyUnderTest implements AutoCloseable {

  static final int MAX_STORED_BODY_BYTES = 1_000_000;

  final Vertx vertx = Vertx.vertx();
  final TestingTimeSource time = new TestingTimeSource();
  final ScriptedOrigin origin;
  final Cache<String, Page> pages;
  final Proxy proxy;
  final List<ExchangeRecord> records = new CopyOnWriteArrayList<>();
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final int port;
  final int tlsPort;

  ProxyUnderTest() throws Exception {
    this(CachePolicy.defaults(), new OriginTimeouts(seconds(5), seconds(20), seconds(20)), null);
  }

  ProxyUnderTest(CachePolicy policy, OriginTimeouts timeouts, @Nullable Origin otherOrigin)
      throws Exception {
    this(policy, timeouts, otherOrigin, connections());
  }

  /// With other rules for connections than the usual.
  ProxyUnderTest(ConnectionSettings connections) throws Exception {
    this(
        CachePolicy.defaults(),
        new OriginTimeouts(seconds(5), seconds(20), seconds(20)),
        null,
        connections);
  }

  ProxyUnderTest(
      CachePolicy policy,
      OriginTimeouts timeouts,
      @Nullable Origin otherOrigin,
      ConnectionSettings connections)
      throws Exception {
    origin = new ScriptedOrigin(vertx);
    pages =
        CacheBuilder.<Page>withTextKeys("pages")
            .maxBytes(64 << 20, (key, page) -> key.length() + page.weightBytes())
            .timeSource(time)
            .build();
    Origin target =
        otherOrigin == null ? new Origin("127.0.0.1", origin.port(), false) : otherOrigin;
    List<Network> explainNetworks = List.of(Network.parse("127.0.0.2").orElseThrow());
    Route route =
        new Route(
            "all",
            Optional.empty(),
            "/*",
            List.of(target),
            timeouts,
            policy,
            MAX_STORED_BODY_BYTES);
    ListenSettings listen =
        new ListenSettings(
            "127.0.0.1",
            0,
            1_000,
            16_384,
            seconds(20),
            seconds(40),
            1,
            TagFields.DEBUG,
            connections);
    proxy =
        new Proxy(
            vertx,
            new ProxySettings(
                listen,
                List.of(route),
                256,
                65_536,
                64 << 20,
                16,
                List.of(),
                new TunnelSettings(Set.of("websocket", "echo"), 2),
                explainNetworks),
            pages,
            time,
            records::add,
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
