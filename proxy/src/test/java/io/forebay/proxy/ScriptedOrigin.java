package io.forebay.proxy;

import io.forebay.proxy.body.Wait;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/// A real HTTP server on loopback that answers as a test tells it to, and remembers what it was
/// asked.
final class ScriptedOrigin implements AutoCloseable {

  /// Grown by the system it would be up to 4 MiB.
  private static final int SEND_BUFFER_BYTES = 256 * 1024;

  private final Map<String, Consumer<HttpServerRequest>> scripts = new ConcurrentHashMap<>();
  private volatile Consumer<HttpServerRequest> otherwise = ScriptedOrigin::notFound;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  record Asked(String method, String uri, Map<String, String> fields) {}

  ScriptedOrigin(Vertx vertx) throws IOException {
    server =
        Wait.on(
            vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(0)
                        .setSendBufferSize(SEND_BUFFER_BYTES))
                .requestHandler(this::serve)
                .listen(),
            Duration.ofSeconds(10),
            "the origin");
  }

  private void serve(HttpServerRequest request) {
    Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    request
        .headers()
        .forEach(line -> fields.merge(line.getKey(), line.getValue(), (a, b) -> a + ", " + b));
    asked.add(new Asked(request.method().name(), request.uri(), fields));
    scripts.getOrDefault(request.path(), otherwise).accept(request);
  }

  private static void notFound(HttpServerRequest request) {
    request.response().setStatusCode(404).end("no script for " + request.path());
  }

  /// Answers requests for every path without a script of its own.
  void onAny(Consumer<HttpServerRequest> script) {
    otherwise = script;
  }

  /// Answers requests for the path; runs on the origin's event loop.
  ScriptedOrigin on(String path, Consumer<HttpServerRequest> script) {
    scripts.put(path, script);
    return this;
  }

  /// Answers 200 with the body and fields given as name, value, name, value, …
  ScriptedOrigin page(String path, String body, String... fields) {
    return page(path, _ -> body, fields);
  }

  /// The same with a body that depends on the request.
  ScriptedOrigin page(String path, Function<HttpServerRequest, String> body, String... fields) {
    return on(
        path,
        request -> {
          for (int i = 0; i < fields.length; i += 2) {
            request.response().headers().add(fields[i], fields[i + 1]);
          }
          request.response().end(body.apply(request));
        });
  }

  List<Asked> asked(String path) {
    return asked.stream().filter(request -> request.uri().equals(path)).toList();
  }

  /// What was asked so far is not told any more.
  void forget() {
    asked.clear();
  }

  int port() {
    return server.actualPort();
  }

  @Override
  public void close() throws IOException {
    Wait.on(server.close(), Duration.ofSeconds(10), "the origin's end");
  }
}
