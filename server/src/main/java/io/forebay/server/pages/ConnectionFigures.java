package io.forebay.server.pages;

import io.forebay.proxy.listen.ListenFigures;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import java.util.function.Supplier;

/// The figures of the connections of the proxy's clients.
final class ConnectionFigures {

  private ConnectionFigures() {}

  static void declare(Metrics metrics, Supplier<ListenFigures> figures) {
    metrics.gauge(Metric.PROXY_CONNECTIONS, () -> figures.get().connections());
    metrics.counter(Metric.PROXY_CONNECTIONS_REFUSED, () -> figures.get().connectionsRefused());
    metrics.gauge(Metric.PROXY_HTTP2_CONNECTIONS, () -> figures.get().http2Connections());
    metrics.counter(Metric.PROXY_TLS_HANDSHAKES_FAILED, () -> figures.get().handshakesFailed());
    metrics.counter(Metric.PROXY_HEADERS_REFUSED, () -> figures.get().proxyHeadersRefused());
    for (int status : ListenFigures.REFUSAL_STATUSES) {
      metrics.counter(
          Metric.PROXY_REQUESTS_REFUSED,
          status == 0 ? "reset" : Integer.toString(status),
          () -> figures.get().requestsRefused().getOrDefault(status, 0L));
    }
    for (String error : figures.get().http2Errors().keySet()) {
      metrics.counter(
          Metric.PROXY_HTTP2_ERRORS,
          error,
          () -> figures.get().http2Errors().getOrDefault(error, 0L));
    }
  }
}
