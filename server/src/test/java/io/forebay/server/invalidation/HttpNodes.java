package io.forebay.server.invalidation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Scope;
import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.server.TestingServer;
import io.forebay.server.api.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A server as nodes of [InvalidationChecker], each seen as its users see it: over HTTP.
public final class HttpNodes {

  private HttpNodes() {}

  /// Puts an invalidation in force by the API; returns when it is acknowledged.
  private static void invalidate(
      TestingServer server, List<Map<String, Object>> operations, Invalidation.Mode mode) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("operations", operations);
    body.put("mode", mode.name().toLowerCase(java.util.Locale.ROOT));
    var answer = server.send("POST", "/v1/invalidations", Json.write(body));
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
  }

  private static Map<String, Object> operation(String scope, List<String> values) {
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("scope", scope);
    if (!values.isEmpty()) {
      operation.put("values", values);
    }
    return operation;
  }

  private static OptionalLong number(int status, String body) {
    return status == 200 ? OptionalLong.of(Long.parseLong(body)) : OptionalLong.empty();
  }

  /// Key-value entries. A client's value has no load that could be fenced, so there are only
  /// writes.
  static final class Entries implements InvalidationChecker.Node {

    private final TestingServer server;

    Entries(TestingServer server) {
      this.server = server;
    }

    private static String path(String key) {
      return "/v1/caches/default/entries/" + key;
    }

    @Override
    public OptionalLong read(String key) {
      var answer = server.get(path(key));
      // Past its freshness an entry is still shown, with an age beyond its lifetime.
      boolean isFresh =
          answer
              .headers()
              .firstValue("Cache-Status")
              .orElse("")
              .matches(".*; hit; ttl=[1-9]\\d*.*");
      return isFresh ? number(answer.statusCode(), answer.body()) : OptionalLong.empty();
    }

    @Override
    public void load(String key, List<String> tags, LongSupplier source) {}

    @Override
    public boolean write(String key, List<String> tags, long value) {
      var answer =
          server.send("PUT", path(key), Long.toString(value), "Cache-Tag", String.join(",", tags));
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(answer.body());
      }
      return true;
    }

    @Override
    public boolean invalidate(Scope scope, Invalidation.Mode mode) {
      Operation said = Operation.of(List.of(order(scope, mode))).getFirst();
      HttpNodes.invalidate(server, List.of(operation(said.scope(), said.values())), mode);
      return true;
    }

    private static io.forebay.cache.InvalidationOrder order(Scope scope, Invalidation.Mode mode) {
      return new io.forebay.cache.InvalidationOrder(java.util.Optional.empty(), scope, mode);
    }

    @Override
    public void upkeep() {
      Thread.onSpinWait(); // the server sweeps by itself
    }
  }

  /// The entries of one server after the other.
  public static final class Latest implements InvalidationChecker.Node {

    private volatile @Nullable Entries now;

    /// From now on it is this server.
    public void is(TestingServer server) {
      now = new Entries(server);
    }

    private Entries now() {
      return java.util.Objects.requireNonNull(now, "no server yet");
    }

    @Override
    public OptionalLong read(String key) {
      return now().read(key);
    }

    @Override
    public void load(String key, List<String> tags, LongSupplier source) {}

    @Override
    public boolean write(String key, List<String> tags, long value) {
      return now().write(key, tags, value);
    }

    @Override
    public boolean invalidate(Scope scope, Invalidation.Mode mode) {
      return now().invalidate(scope, mode);
    }

    @Override
    public void upkeep() {
      now().upkeep();
    }
  }

  /// Pages of the proxy, before a real origin whose answer is the source's value.
  static final class Pages implements InvalidationChecker.Node, AutoCloseable {

    private final HttpServer origin;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, LongSupplier> sources = new ConcurrentHashMap<>();
    private final Map<String, List<String>> tagsOf = new ConcurrentHashMap<>();
    private final AtomicInteger turns = new AtomicInteger();
    private final TestingServer server;

    Pages() {
      try {
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      origin.setExecutor(threads);
      origin.createContext("/", this::answer);
      origin.start();
      server =
          TestingServer.start(
              "proxy: {origin: \"http://127.0.0.1:"
                  + origin.getAddress().getPort()
                  + "\"}\nlog: {exchanges: off}\naudit: {enabled: off}");
    }

    private void answer(HttpExchange exchange) throws IOException {
      String key = exchange.getRequestURI().getRawPath().substring(1);
      LongSupplier source = sources.get(key);
      boolean isChange = exchange.getRequestMethod().equals("PUT");
      exchange.getRequestBody().readAllBytes();
      if (source == null || isChange) {
        exchange.sendResponseHeaders(isChange ? 204 : 404, -1);
      } else {
        byte[] value = Long.toString(source.getAsLong()).getBytes(StandardCharsets.US_ASCII);
        letOthersRun();
        exchange.getResponseHeaders().add("Cache-Control", "max-age=3600");
        exchange
            .getResponseHeaders()
            .add("Cache-Tag", String.join(",", tagsOf.getOrDefault(key, List.of())));
        exchange.sendResponseHeaders(200, value.length);
        exchange.getResponseBody().write(value);
      }
      exchange.close();
    }

    /// So that others come while an answer is on its way that may be outdated by then.
    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it
    private void letOthersRun() {
      for (int i = turns.incrementAndGet() % 3 == 0 ? 2_000 : 0; i > 0; i--) {
        Thread.yield();
      }
    }

    /// Every second one takes only what is stored; the others what is stored, what another is
    /// fetching, or what they fetch: none of these may be older than what was acknowledged.
    @Override
    public OptionalLong read(String key) {
      var answer =
          turns.incrementAndGet() % 2 == 0
              ? server.sendToProxy("GET", "/" + key, "Cache-Control", "only-if-cached")
              : server.getPage("/" + key);
      return number(answer.statusCode(), answer.body());
    }

    @Override
    public void load(String key, List<String> tags, LongSupplier source) {
      tagsOf.putIfAbsent(key, tags);
      sources.putIfAbsent(key, source);
      server.getPage("/" + key);
    }

    /// The origin has the value already; the proxy sees that it was changed.
    @Override
    public boolean write(String key, List<String> tags, long value) {
      var answer = server.sendToProxy("PUT", "/" + key);
      if (answer.statusCode() != 204) {
        throw new IllegalStateException("" + answer.statusCode());
      }
      return true;
    }

    @Override
    public boolean invalidate(Scope scope, Invalidation.Mode mode) {
      List<Map<String, Object>> operations = new ArrayList<>();
      String root = server.pageUrl("/");
      switch (scope) {
        case Scope.Keys(var keys) ->
            operations.add(operation("urls", keys.stream().map(key -> root + key).toList()));
        case Scope.Prefixes(var prefixes) ->
            operations.add(
                operation("prefixes", prefixes.stream().map(text -> root + text).toList()));
        case Scope.Patterns(var patterns) ->
            operations.add(
                operation("patterns", patterns.stream().map(GlobPattern::text).toList()));
        case Scope.Tags(var tags) -> operations.add(operation("tags", List.copyOf(tags)));
        case Scope.Everything() -> operations.add(operation("everything", List.of()));
        case Scope.Urls _, Scope.Hosts _ -> throw new IllegalArgumentException(scope.toString());
      }
      boolean isUrl = scope instanceof Scope.Keys && mode == Invalidation.Mode.HARD;
      if (isUrl && turns.incrementAndGet() % 2 == 0) {
        ((Scope.Keys) scope).keys().forEach(key -> server.sendToProxy("PURGE", "/" + key));
      } else {
        HttpNodes.invalidate(server, operations, mode);
      }
      return true;
    }

    @Override
    public void upkeep() {
      Thread.onSpinWait(); // the server sweeps by itself
    }

    TestingServer server() {
      return server;
    }

    @Override
    public void close() {
      server.close();
      origin.stop(0);
      threads.close();
    }
  }
}
