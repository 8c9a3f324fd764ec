package io.forebay.proxy.listen;

import io.forebay.proxy.ClientExchange;
import io.forebay.proxy.PassThrough;
import io.forebay.proxy.body.Wait;
import io.forebay.proxy.fast.FastPath;
import io.forebay.proxy.listen.http1.StrictRequestDecoder;
import io.forebay.proxy.listen.http2.Http2Hits;
import io.forebay.proxy.listen.http2.Http2Rules;
import io.forebay.proxy.listen.http2.Http2Sessions;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.tls.ServerTls;
import io.netty.channel.Channel;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Listens for HTTP/1.1 and HTTP/2, plain and encrypted, and answers each request on a virtual
/// thread. Vert.x accepts connections and speaks HTTP/1.1; [ConnectionSetup] puts the rest before
/// that.
public final class ProxyListener implements AutoCloseable {

  private final Vertx vertx;
  private final ListenSettings settings;
  private final Admission admission;
  private final Refusals refusals = new Refusals();
  private final Http2Sessions http2;
  private final ConnectionSetup setup;
  private final FastPath fast;
  private final PassThrough passThrough;
  private final OriginDispatch origins;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private final List<HttpServer> tlsServers = new CopyOnWriteArrayList<>();
  private String deployment = "";

  /// @param handler answers one exchange; it is called on a virtual thread and must not throw
  /// @param fast answers fresh hits beforehand
  /// @param passThrough passes beforehand what is for one client alone
  /// @param origins to which
  public ProxyListener(
      Vertx vertx,
      ListenSettings settings,
      Consumer<ClientExchange> handler,
      FastPath fast,
      PassThrough passThrough,
      OriginDispatch origins) {
    this.vertx = vertx;
    this.settings = settings;
    this.fast = fast;
    this.passThrough = passThrough;
    this.origins = origins;
    this.admission = new Admission(settings.maxExchanges(), handler);
    ConnectionSettings connections = settings.connections();
    this.http2 =
        new Http2Sessions(
            new Http2Rules(
                connections.maxStreams(),
                settings.maxHeaderBytes(),
                connections.maxFields(),
                connections.headerTimeout(),
                settings.idleTimeout(),
                settings.minUploadRate(),
                settings.tagFields()),
            connections.trusted(),
            admission,
            refusals);
    this.setup = new ConnectionSetup(connections, settings.maxHeaderBytes(), http2);
  }

  /// Binds; the addresses are taken when this returns.
  ///
  /// @return the ports, of interest when the settings say 0
  /// @throws IOException if an address cannot be bound
  public Ports start() throws IOException {
    // A first server finds the port, so that all event loops share it even if it was chosen freely.
    deployment =
        Wait.on(
            vertx.deployVerticle(
                Loop::new, new DeploymentOptions().setInstances(settings.eventLoops())),
            Duration.ofSeconds(30),
            "listening on " + addresses());
    return new Ports(
        servers.getFirst().actualPort(),
        tlsServers.stream().findFirst().map(HttpServer::actualPort));
  }

  /// Where it listens.
  ///
  /// @param tls empty if there is no listener for TLS
  public record Ports(int plain, Optional<Integer> tls) {}

  private String addresses() {
    return settings.host()
        + ":"
        + settings.port()
        + settings
            .connections()
            .tls()
            .map(tls -> " or " + tls.host() + ":" + tls.port())
            .orElse("");
  }

  private final class Loop extends VerticleBase {
    @Override
    public Future<?> start() {
      Future<?> plain =
          listen(settings.host(), settings.port(), Optional.empty()).onSuccess(servers::add);
      return settings
          .connections()
          .tls()
          .<Future<?>>map(tls ->
              plain.compose(_ ->
                  listen(tls.host(), tls.port(), Optional.of(tls.tls()))
                      .onSuccess(tlsServers::add)))
          .orElse(plain);
    }

    private Future<HttpServer> listen(String host, int port, Optional<ServerTls> tls) {
      String scheme = tls.isPresent() ? "https" : "http";
      int maxHeaderBytes = settings.maxHeaderBytes();
      Optional<FastPath> path = Optional.of(fast).filter(_ -> settings.fastHits());
      Optional<FastLoop> hits =
          path.map(one -> new FastLoop(one, scheme, maxHeaderBytes, passing()));
      Optional<Http2Hits> http2Hits = path.map(one -> new Http2Hits(one, scheme, maxHeaderBytes));
      return vertx
          .createHttpServer(options().setHost(host).setPort(port))
          .connectionHandler(connection -> {
            Channel channel = ((ConnectionBase) connection).channel();
            if (setup.prepare(channel, tls, http2Hits)) {
              hits.ifPresent(loop -> FastConnection.install(channel, loop, admission));
            }
          })
          .requestHandler(ProxyListener.this::accept)
          .invalidRequestHandler(ProxyListener.this::refuse)
          .listen();
    }
  }

  private FastLoop.Passing passing() {
    ConnectionSettings connections = settings.connections();
    return new FastLoop.Passing(
        passThrough, origins, connections.trusted(), connections.maxFields());
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setTcpNoDelay(true)
        .setIdleTimeout((int) settings.idleTimeout().plus(settings.longestSilence()).toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        // Vert.x would let the first request of a connection pass before anybody sees it.
        .setHttp2ClearTextEnabled(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setCompressionSupported(false)
        .setDecompressionSupported(false);
  }

  private void accept(HttpServerRequest request) {
    Channel channel = ((ConnectionBase) request.connection()).channel();
    if (!FastConnection.isBegun(channel) && !admission.admits()) {
      request
          .response()
          .setStatusCode(503)
          .putHeader("Connection", "close")
          .putHeader("Retry-After", "1")
          .end(admission.refusal());
      return;
    }
    VertxExchange exchange =
        VertxExchange.open(
            request,
            settings.connections().trusted(),
            settings.idleTimeout(),
            settings.minUploadRate(),
            settings.tagFields());
    admission.run(exchange, exchange::close);
  }

  /// Answers a request that could not be read. The decoder reads nothing more on this connection.
  private void refuse(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    int status = StrictRequestDecoder.statusOf(cause);
    refusals.count(status);
    request
        .response()
        .setStatusCode(status)
        .putHeader("Connection", "close")
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Cache-Control", "no-store")
        .end(
            "{\"type\":\"about:blank\",\"title\":\""
                + StrictRequestDecoder.sentenceFor(cause)
                + "\",\"status\":"
                + status
                + "}\n");
    var _ = request.connection().close();
  }

  public int exchangesUnderWay() {
    return admission.underWay();
  }

  /// Exchanges refused because `maxExchanges` were under way, or because of a stop.
  public long exchangesRefused() {
    return admission.refused();
  }

  public ListenFigures figures() {
    return new ListenFigures(
        setup.connections(),
        setup.connectionsRefused(),
        http2.count(),
        setup.handshakesFailed(),
        setup.proxyHeadersRefused(),
        refusals.counts(),
        http2.errors());
  }

  /// Stops accepting, waits for what is under way, then closes the connections.
  ///
  /// @param grace the longest wait
  /// @return how many exchanges were cut off
  public int stop(Duration grace) throws IOException {
    admission.refuse();
    http2.goAway();
    int cutOff = admission.await(grace);
    String listening = deployment;
    deployment = "";
    if (!listening.isEmpty()) {
      Wait.on(vertx.undeploy(listening), Duration.ofSeconds(10), "closing the proxy's listener");
    }
    return cutOff;
  }

  @Override
  public void close() throws IOException {
    stop(Duration.ZERO);
  }
}
