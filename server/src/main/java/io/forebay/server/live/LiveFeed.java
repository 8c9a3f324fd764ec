package io.forebay.server.live;

import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Json;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// The sockets that are open, and what they are sent: a text message `{"type": "figures",
/// "figures": {…}}` at first and then at each [#tick]. Asked without an upgrade, it answers one.
/// What clients send is not read. Thread-safe.
public final class LiveFeed implements AutoCloseable {

  static final int MAX_SOCKETS = 64;

  /// RFC 6455's registry: try again later.
  private static final short TRY_AGAIN_LATER = 1013;

  private static final short GOING_AWAY = 1001;

  private final Supplier<Map<String, Object>> figures;
  private final Set<ServerWebSocket> sockets = ConcurrentHashMap.newKeySet();
  private final LongAdder refused = new LongAdder();
  private final LongAdder skipped = new LongAdder();

  public LiveFeed(Supplier<Map<String, Object>> figures) {
    this.figures = figures;
  }

  public List<ApiRoute> routes() {
    return List.of(
        ApiRoute.of("GET", "/v1/live", Role.READ, this::plainly).withSocket(this::opened));
  }

  /// One message, for who asks instead of listening.
  private ApiResponse plainly(ApiRequest request) {
    return ApiResponse.json(200, members()).with("Cache-Control", "no-store");
  }

  private void opened(ServerWebSocket socket) {
    if (sockets.size() >= MAX_SOCKETS) {
      refused.increment();
      var _ = socket.close(TRY_AGAIN_LATER, "too many sockets");
      return;
    }
    socket.closeHandler(_ -> sockets.remove(socket));
    socket.exceptionHandler(_ -> sockets.remove(socket));
    sockets.add(socket);
    send(socket, message());
  }

  /// A second has passed.
  public void tick() {
    if (sockets.isEmpty()) {
      return;
    }
    String message = message();
    sockets.forEach(socket -> send(socket, message));
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", "figures");
    members.put("figures", figures.get());
    return members;
  }

  private String message() {
    return new String(Json.write(members()), StandardCharsets.UTF_8);
  }

  private void send(ServerWebSocket socket, String message) {
    if (socket.isClosed()) {
      sockets.remove(socket);
    } else if (socket.writeQueueFull()) {
      skipped.increment();
    } else {
      var _ = socket.writeTextMessage(message);
    }
  }

  public int open() {
    return sockets.size();
  }

  /// Sockets closed at once because there were too many.
  public long refused() {
    return refused.sum();
  }

  /// Messages that a socket missed because it did not read fast enough.
  public long skipped() {
    return skipped.sum();
  }

  @Override
  public void close() {
    sockets.forEach(socket -> {
      var _ = socket.close(GOING_AWAY, "the server stops");
    });
  }
}
