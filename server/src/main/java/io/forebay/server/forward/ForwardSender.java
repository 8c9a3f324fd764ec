package io.forebay.server.forward;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Sends calls to one target, from a thread that may wait.
final class ForwardSender implements AutoCloseable {

  private static final int LONGEST_ANSWER = 64 * 1024;

  private final HttpClientAgent client;
  private final URI url;
  private final Duration timeout;

  ForwardSender(Vertx vertx, URI url, Duration timeout) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) timeout.toMillis())
                .setVerifyHost(true)
                .setKeepAliveTimeout(5));
    this.url = url;
    this.timeout = timeout;
  }

  /// @param body at most a prefix that is enough to see what it says
  record Reply(int status, String body) {}

  /// @throws IOException if there was no answer in time
  Reply send(ForwardCall call) throws IOException, InterruptedException {
    boolean secure = "https".equals(url.getScheme());
    int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
    var options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(call.method()))
            .setServer(SocketAddress.inetSocketAddress(port, url.getHost()))
            .setHost(url.getHost())
            .setPort(port)
            .setSsl(secure)
            .setURI(call.target())
            .setTimeout(timeout.toMillis());
    call.fields().forEach(options::putHeader);
    if (!call.host().isEmpty()) {
      options.putHeader("Host", call.host());
    }
    if (!call.body().isEmpty()) {
      options.putHeader("Content-Type", "application/json");
    }
    return await(
        client
            .request(options)
            .compose(request -> sent(request, call))
            .compose(response -> read(response)));
  }

  private static Future<HttpClientResponse> sent(HttpClientRequest request, ForwardCall call) {
    return call.body().isEmpty() ? request.send() : request.send(Buffer.buffer(call.body()));
  }

  private static Future<Reply> read(HttpClientResponse response) {
    return response
        .body()
        .map(body ->
            new Reply(
                response.statusCode(), body.getString(0, Math.min(body.length(), LONGEST_ANSWER))));
  }

  private Reply await(Future<Reply> reply) throws IOException, InterruptedException {
    try {
      return reply
          .toCompletionStage()
          .toCompletableFuture()
          .get(timeout.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    }
  }

  @Override
  public void close() {
    var _ = client.close();
  }
}
