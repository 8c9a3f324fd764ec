package io.forebay.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A real origin whose pages say how often they were rendered: `/p #1`. All are fresh for a minute;
/// their tags are those of `tags`, in `Cache-Tag`.
public final class TestingOrigin implements AutoCloseable {

  private final HttpServer server;
  private final AtomicInteger rendered = new AtomicInteger();
  private final Map<String, String> tags = new ConcurrentHashMap<>();

  public TestingOrigin() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().toString();
          byte[] body = (path + " #" + rendered.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
          exchange
              .getResponseHeaders()
              .add("Cache-Control", "max-age=60, stale-while-revalidate=60");
          if (tags.containsKey(path)) {
            exchange.getResponseHeaders().add("Cache-Tag", tags.get(path));
          }
          if (path.startsWith("/varying")) {
            exchange.getResponseHeaders().add("Vary", "Accept-Language");
          }
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /// Pages at that path carry these tags from now on.
  public void tag(String path, String fieldValue) {
    tags.put(path, fieldValue);
  }

  /// The setting that puts a proxy before it.
  public String asSetting() {
    return "proxy: {origin: \"http://127.0.0.1:" + server.getAddress().getPort() + "\"}\n";
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public int rendered() {
    return rendered.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
