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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The sockets that are open, and what they are sent: a text message `{"type": "figures",
/// "figures": {…}}` at first and then at each [#tick]. Asked without an upgrade, it answers one.
/// What clients send is not read. Thread-safe.
public final class LiveFeed implements AutoCloseable {

  static final int MAX_SOCKETS = 64;

  /// RFC 6455's registry: try again later.
  private static final short TRY_AGAIN_LATER = 1013;

  private static final short GOING_AWAY = 1001;
  private static final short POLICY_VIOLATION = 1008;

  private final Supplier<Map<String, Object>> figures;

  /// Those that are open, and whether each would still be let in.
  private final Map<ServerWebSocket, BooleanSupplier> sockets = new ConcurrentHashMap<>();

  /// How many have a place: counted before they are among [#sockets], as event loops add at one
  /// time.
  private final AtomicInteger places = new AtomicInteger();

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

  private void opened(ServerWebSocket socket, BooleanSupplier isGranted) {
    if (places.incrementAndGet() > MAX_SOCKETS) {
      places.decrementAndGet();
      refused.increment();
      var _ = socket.close(TRY_AGAIN_LATER, "too many sockets");
      return;
    }
    sockets.put(socket, isGranted);
    socket.closeHandler(_ -> leave(socket));
    socket.exceptionHandler(_ -> leave(socket));
    // Only now: if access changed since the handshake and [#accessChanged] did not find it here
    // yet, this sees the change.
    closeUnlessGranted(socket, isGranted);
    send(socket, message());
  }

  private void leave(ServerWebSocket socket) {
    if (sockets.remove(socket) != null) {
      places.decrementAndGet();
    }
  }

  /// Tokens or names that are let in have changed, and are in force: closes what would not be let
  /// in any more.
  public void accessChanged() {
    sockets.forEach(LiveFeed::closeUnlessGranted);
  }

  private static void closeUnlessGranted(ServerWebSocket socket, BooleanSupplier isGranted) {
    if (!isGranted.getAsBoolean()) {
      var _ = socket.close(POLICY_VIOLATION, "access was taken back");
    }
  }

  /// A second has passed.
  public void tick() {
    if (sockets.isEmpty()) {
      return;
    }
    String message = message();
    sockets.keySet().forEach(socket -> send(socket, message));
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
      leave(socket);
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
    sockets
        .keySet()
        .forEach(socket -> {
          var _ = socket.close(GOING_AWAY, "the server stops");
        });
  }
}
