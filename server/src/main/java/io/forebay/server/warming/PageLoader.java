package io.forebay.server.warming;

import io.forebay.server.settings.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Asks this node's own proxy for pages, as a client would.
public final class PageLoader implements AutoCloseable {

  private final Supplier<Optional<HostAndPort>> proxy;
  private final Duration timeout;

  /// Made at the first use: most servers never warm a page.
  private Optional<HttpClient> client = Optional.empty();

  /// @param proxy where it listens; empty while there is none
  public PageLoader(Supplier<Optional<HostAndPort>> proxy, Duration timeout) {
    this.proxy = proxy;
    this.timeout = timeout;
  }

  /// Loads a page and drops it.
  ///
  /// @return why it failed; empty if it did not
  Optional<String> load(String url) {
    Optional<HostAndPort> listener = proxy.get();
    if (listener.isEmpty()) {
      return Optional.of("there is no proxy to load pages through");
    }
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      return Optional.of("no URL: " + url);
    }
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
      return Optional.of("no http URL with a host: " + url);
    }
    try {
      int status =
          client(listener.get())
              .send(HttpRequest.newBuilder(uri).timeout(timeout).build(), BodyHandlers.discarding())
              .statusCode();
      return status < 400 ? Optional.empty() : Optional.of(url + " answered " + status);
    } catch (IOException e) {
      return Optional.of(url + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private synchronized HttpClient client(HostAndPort listener) {
    if (client.isEmpty()) {
      String host = listener.host().equals("0.0.0.0") ? "127.0.0.1" : listener.host();
      client =
          Optional.of(
              HttpClient.newBuilder()
                  .version(HttpClient.Version.HTTP_1_1)
                  .proxy(ProxySelector.of(new InetSocketAddress(host, listener.port())))
                  .connectTimeout(timeout)
                  .executor(Executors.newVirtualThreadPerTaskExecutor())
                  .build());
    }
    return client.get();
  }

  @Override
  public synchronized void close() {
    client.ifPresent(HttpClient::shutdownNow);
  }
}
