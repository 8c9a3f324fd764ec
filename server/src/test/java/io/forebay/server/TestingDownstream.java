package io.forebay.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A real server in place of a cache downstream: notes the orders it gets, and answers with the
/// status it is told.
public final class TestingDownstream implements AutoCloseable {

  private final HttpServer server;
  private final List<String> orders = new CopyOnWriteArrayList<>();
  private volatile int status = 200;

  public TestingDownstream() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String tags = exchange.getRequestHeaders().getFirst("xkey-purge");
          orders.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + (tags == null ? "" : " " + tags)
                  + (body.isEmpty() ? "" : " " + body));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  public void answer(int newStatus) {
    status = newStatus;
  }

  /// Method, target, tags of `xkey-purge`, body.
  public List<String> orders() {
    return List.copyOf(orders);
  }

  /// As an element of `forward.targets`.
  public String asTarget(String name, String kind) {
    return "{name: "
        + name
        + ", kind: "
        + kind
        + ", url: \"http://127.0.0.1:"
        + server.getAddress().getPort()
        + "\", id: ID, token: TOKEN}";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
