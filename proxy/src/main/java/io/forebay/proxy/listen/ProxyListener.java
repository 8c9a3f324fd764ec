package io.forebay.proxy.listen;

import io.forebay.proxy.ClientExchange;
import io.forebay.proxy.body.Wait;
import io.forebay.proxy.fast.FastPath;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.http1.Http1ServerConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Listens for HTTP/1.1 requests and answers each on a virtual thread.
///
/// The bound on exchanges is the only one: a thread that waits costs little, but what it holds (a
/// connection, a body's window) is limited. At the bound a client gets 503 at once, and it is
/// counted.
public final class ProxyListener implements AutoCloseable {

  private final Vertx vertx;
  private final ListenSettings settings;
  private final Consumer<ClientExchange> handler;
  private final FastPath fast;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private volatile boolean stopping;
  private String deployment = "";

  /// @param handler answers one exchange; it is called on a virtual thread and must not throw
  /// @param fast answers fresh hits beforehand
  public ProxyListener(
      Vertx vertx, ListenSettings settings, Consumer<ClientExchange> handler, FastPath fast) {
    this.vertx = vertx;
    this.settings = settings;
    this.handler = handler;
    this.fast = fast;
  }

  /// Binds; the address is taken when this returns.
  ///
  /// @return the port, of interest when the settings say 0
  /// @throws IOException if the address cannot be bound
  public int start() throws IOException {
    // A first server finds the port, so that all event loops share it even if it was chosen freely.
    deployment =
        Wait.on(
            vertx.deployVerticle(
                Loop::new, new DeploymentOptions().setInstances(settings.eventLoops())),
            Duration.ofSeconds(30),
            "listening on " + settings.host() + ":" + settings.port());
    return servers.getFirst().actualPort();
  }

  private final class Loop extends VerticleBase {
    private final FastLoop plain = new FastLoop(fast, "http", settings.maxHeaderBytes());
    private final FastLoop secure = new FastLoop(fast, "https", settings.maxHeaderBytes());

    @Override
    public Future<?> start() {
      HttpServer server =
          vertx
              .createHttpServer(options())
              .connectionHandler(this::connected)
              .requestHandler(ProxyListener.this::accept);
      return server.listen().onSuccess(servers::add);
    }

    private void connected(HttpConnection connection) {
      if (settings.fastHits() && connection instanceof Http1ServerConnection http1) {
        FastConnection.install(http1.channel(), connection.isSsl() ? secure : plain, bound);
      }
    }
  }

  private final FastConnection.ExchangeBound bound =
      new FastConnection.ExchangeBound() {
        @Override
        public boolean hasRoom() {
          return !stopping && underWay.get() < settings.maxExchanges();
        }

        @Override
        public void begin() {
          underWay.incrementAndGet();
        }

        @Override
        public void end() {
          underWay.decrementAndGet();
        }
      };

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setHost(settings.host())
        .setPort(settings.port())
        .setTcpNoDelay(true)
        .setIdleTimeout((int) settings.idleTimeout().plus(settings.longestSilence()).toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setMaxHeaderSize(settings.maxHeaderBytes())
        .setMaxInitialLineLength(settings.maxHeaderBytes())
        .setMaxChunkSize(64 * 1024)
        .setHttp2ClearTextEnabled(false)
        .setCompressionSupported(false)
        .setDecompressionSupported(false);
  }

  private void accept(HttpServerRequest request) {
    if (stopping || underWay.incrementAndGet() > settings.maxExchanges()) {
      if (!stopping) {
        underWay.decrementAndGet();
      }
      refused.increment();
      request
          .response()
          .setStatusCode(503)
          .putHeader("Connection", "close")
          .putHeader("Retry-After", "1")
          .end(stopping ? "this proxy is stopping\n" : "too many requests under way\n");
      return;
    }
    VertxExchange exchange =
        VertxExchange.open(request, settings.idleTimeout(), settings.tagFields());
    Thread.ofVirtual()
        .name("exchange")
        .start(() -> {
          try {
            handler.accept(exchange);
          } finally {
            exchange.close();
            underWay.decrementAndGet();
          }
        });
  }

  public int exchangesUnderWay() {
    return underWay.get();
  }

  /// Exchanges refused because `maxExchanges` were under way, or because of a stop.
  public long exchangesRefused() {
    return refused.sum();
  }

  /// Stops accepting, waits for what is under way, then closes the connections.
  ///
  /// @param grace the longest wait
  /// @return how many exchanges were cut off
  public int stop(Duration grace) throws IOException {
    stopping = true;
    long deadline = System.nanoTime() + grace.toNanos();
    try {
      while (underWay.get() > 0 && System.nanoTime() - deadline < 0) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int cutOff = underWay.get();
    if (!deployment.isEmpty()) {
      Wait.on(vertx.undeploy(deployment), Duration.ofSeconds(10), "closing the proxy's listener");
    }
    return cutOff;
  }

  @Override
  public void close() throws IOException {
    stop(Duration.ZERO);
  }
}
