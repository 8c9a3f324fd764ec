package io.forebay.server.api;

import io.forebay.proxy.listen.TlsHandlers;
import io.forebay.proxy.tls.ServerTls;
import io.forebay.server.access.AccessPolicy;
import io.forebay.server.settings.HostAndPort;
import io.forebay.server.settings.ServerSettings;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The API's HTTP server: HTTP/1.1 on one address, plain or encrypted.
public final class ApiListener {

  private static final int MAX_TARGET_BYTES = 16 * 1024;
  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final int MAX_SOCKET_MESSAGE_BYTES = 64 * 1024;

  /// What WebSockets speak here, as a subprotocol: who offers any must offer this too.
  private static final String SOCKET_PROTOCOL = "forebay";

  private final Vertx vertx;
  private final ServerSettings.Api settings;
  private final HostAndPort address;
  private final Parts parts;
  private Optional<HttpServer> server = Optional.empty();

  /// What exchanges work with.
  ///
  /// @param access asked at each request: it may be replaced
  /// @param connections counts those of all listeners that share these parts
  /// @param threads runs endpoints, which may wait
  /// @param tls with what connections are encrypted; empty if they are not
  public record Parts(
      ApiRoutes routes,
      Supplier<AccessPolicy> access,
      ApiConnections connections,
      BodyBudget bodies,
      Executor threads,
      ExchangeRecord.Sink records,
      Optional<ServerTls> tls) {}

  public ApiListener(Vertx vertx, ServerSettings.Api settings, Parts parts) {
    this(vertx, settings, settings.listen(), parts);
  }

  /// One that listens elsewhere than the settings say.
  public ApiListener(Vertx vertx, ServerSettings.Api settings, HostAndPort address, Parts parts) {
    this.vertx = vertx;
    this.settings = settings;
    this.address = address;
    this.parts = parts;
  }

  /// Begins to listen; waits until it does.
  ///
  /// @return the address in use, with the port that the system chose for port 0
  /// @throws ExecutionException if the address cannot be used; its cause says why
  public HostAndPort start() throws ExecutionException, InterruptedException {
    HttpServer created =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(address.host())
                    .setPort(address.port())
                    .setMaxInitialLineLength(MAX_TARGET_BYTES)
                    .setMaxHeaderSize(MAX_HEAD_BYTES)
                    .setIdleTimeout((int) settings.idleTimeout().toMillis())
                    .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setHttp2ClearTextEnabled(false)
                    .setWebSocketSubProtocols(List.of(SOCKET_PROTOCOL))
                    .setMaxWebSocketMessageSize(MAX_SOCKET_MESSAGE_BYTES)
                    .setTcpNoDelay(true))
            .connectionHandler(connection -> {
              connection.closeHandler(closed -> parts.connections().closed());
              if (!parts.connections().opened()) {
                var _ = connection.close();
                return;
              }
              parts
                  .tls()
                  .ifPresent(
                      tls -> TlsHandlers.addTo(((ConnectionBase) connection).channel(), tls));
            })
            .requestHandler(request -> new ApiExchange(parts, request, currentContext()).begin());
    created.listen().toCompletionStage().toCompletableFuture().get();
    server = Optional.of(created);
    return new HostAndPort(address.host(), created.actualPort());
  }

  private static Context currentContext() {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("requests arrive on an event loop");
    }
    return context;
  }

  /// Stops taking connections, lets exchanges under way finish, and closes what is left after
  /// `grace`.
  public void stop(Duration grace) throws InterruptedException {
    if (server.isEmpty()) {
      return;
    }
    try {
      server
          .get()
          .shutdown(Math.max(1, grace.toMillis()), TimeUnit.MILLISECONDS)
          .toCompletionStage()
          .toCompletableFuture()
          .get(grace.toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // What would not close in time is closed by the end of the process.
      org.slf4j.LoggerFactory.getLogger(ApiListener.class)
          .atWarn()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("the API listener did not close in time");
    }
  }
}
