package io.forebay.proxy.origin;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An HTTP client whose pools of connections are never what a request waits for: what bounds
/// requests at an origin are its places ([Member]), and whoever has one gets a connection.
///
/// Vert.x fixes the size of its pools when a client is made, and holds an array of that size for
/// each origin, so they begin small. A request that finds its pool full makes the next client, with
/// pools of twice the size, for itself and all that come later. The former ones, of which there are
/// few, end what they have under way, and their idle connections are let go of as ever.
///
/// Thread-safe.
final class ElasticClient implements AutoCloseable {

  /// Connections to one origin, at first.
  static final int FIRST_SIZE = 512;

  /// As many as there are ports to connect from.
  private static final int MAX_SIZE = 65_536;

  /// Vert.x multiplies it by the size for HTTP/1.1, and the product must be an `int`.
  private static final int MAX_HTTP2_SIZE = 16_384;

  private final Vertx vertx;
  private final HttpClientOptions options;
  private final Handler<HttpConnection> connected;
  private volatile Generation newest;

  // Guarded by this.
  private Optional<ClientSSLOptions> tls;
  private final List<Generation> all = new ArrayList<>();

  private record Generation(HttpClientAgent client, int size) {}

  /// @param connected hears of each new connection, on its event loop
  ElasticClient(
      Vertx vertx,
      HttpClientOptions options,
      Optional<ClientSSLOptions> tls,
      int firstSize,
      Handler<HttpConnection> connected) {
    this.vertx = vertx;
    this.options = options;
    this.connected = connected;
    this.tls = tls;
    this.newest = new Generation(client(firstSize, tls), firstSize);
    all.add(newest);
  }

  private HttpClientAgent client(int size, Optional<ClientSSLOptions> tlsOptions) {
    var builder =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(size)
                    .setHttp2MaxSize(Math.min(size, MAX_HTTP2_SIZE))
                    // A full pool is to be known, not waited for.
                    .setMaxWaitQueueSize(0)
                    .setCleanerPeriod(500))
            .withConnectHandler(connected);
    tlsOptions.ifPresent(builder::with);
    return builder.build();
  }

  /// A request on a connection that has room for it, an open one or a new one.
  Future<HttpClientRequest> request(RequestOptions wanted) {
    Generation asked = newest;
    return asked
        .client()
        .request(wanted)
        .recover(cause ->
            cause instanceof ConnectionPoolTooBusyException && hasOutgrown(asked)
                ? request(wanted)
                : Future.failedFuture(cause));
  }

  /// Whether there is a larger one, made if need be.
  private synchronized boolean hasOutgrown(Generation full) {
    if (newest.size() > full.size()) {
      return true;
    }
    if (full.size() >= MAX_SIZE) {
      return false;
    }
    int size = Math.min(MAX_SIZE, 2 * full.size());
    newest = new Generation(client(size, tls), size);
    all.add(newest);
    return true;
  }

  /// Uses these for new connections.
  synchronized void renew(ClientSSLOptions others) {
    tls = Optional.of(others);
    for (Generation one : all) {
      var _ = one.client().updateSSLOptions(others, true);
    }
  }

  @Override
  public synchronized void close() {
    for (Generation one : all) {
      var _ = one.client().close();
    }
  }
}
