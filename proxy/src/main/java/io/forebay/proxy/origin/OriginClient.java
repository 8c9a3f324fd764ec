package io.forebay.proxy.origin;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.TransferCodings;
import io.forebay.proxy.VertxFields;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.PulledStream;
import io.forebay.proxy.body.Wait;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Sends requests to origins over pooled HTTP/1.1 connections, in blocking style on virtual
/// threads.
///
/// A request without a body whose method is idempotent is sent once more (RFC 9110 §9.2.2) when it
/// failed on a connection that had been used before: the origin may just have closed it for being
/// idle, or left garbage on it. On a fresh connection a failure is the origin's answer.
public final class OriginClient implements AutoCloseable {

  /// All idle connections of an origin may be closing at once.
  private static final int MAX_REPEATS = 4;

  private final HttpClient client;
  private final ConnectionSlots slots;
  private final InstantSource clock;

  /// @param maxConnections per origin; requests beyond wait, at most eight times as many, for as
  ///   long as connecting may take
  public OriginClient(Vertx vertx, int maxConnections, int maxHeaderBytes, InstantSource clock) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(true)
                .setKeepAliveTimeout(60)
                .setPipelining(false)
                .setMaxHeaderSize(maxHeaderBytes)
                .setMaxInitialLineLength(maxHeaderBytes)
                .setMaxChunkSize(64 * 1024)
                .setTcpNoDelay(true)
                .setDecompressionSupported(false),
            new PoolOptions()
                .setHttp1MaxSize(maxConnections)
                .setMaxWaitQueueSize(8 * maxConnections)
                .setCleanerPeriod(500));
    this.slots = new ConnectionSlots(maxConnections, 8 * maxConnections);
    this.clock = clock;
  }

  /// A request to send.
  ///
  /// @param head its `authority` becomes the `Host` field, whatever the origin's name is
  /// @param body sent as it comes; with the `Content-Length` of the head's fields, else in chunks
  /// @param interim gets interim responses (102, 103, …) as they come, on the event loop, where it
  ///   must not wait
  /// @param givenUp when it completes before the final response's head is there, the request is
  ///   broken off and fails
  public record Sending(
      RequestHead head,
      BodySource body,
      Consumer<ResponseHead> interim,
      CompletableFuture<Void> givenUp) {

    boolean isRepeatable() {
      return body.isNone() && isIdempotent(head.method()) && !givenUp.isDone();
    }
  }

  /// Sends the request and waits for the head of its final response.
  ///
  /// @param origins in order of preference; one that takes no connection has seen nothing of the
  ///   request, so the next may get it, whatever its method
  public OriginOutcome send(List<Origin> origins, OriginTimeouts timeouts, Sending sending) {
    @Nullable OriginOutcome outcome = null;
    for (Origin origin : origins) {
      outcome = send(origin, timeouts, sending);
      if (!(outcome instanceof OriginOutcome.Failed failed)
          || !failed.error().isBeforeRequest()
          || sending.givenUp().isDone()) {
        return outcome;
      }
    }
    return Objects.requireNonNull(outcome, "a route has at least one origin");
  }

  private OriginOutcome send(Origin origin, OriginTimeouts timeouts, Sending sending) {
    for (int attempt = 0; ; attempt++) {
      Attempt made = sendOnce(origin, timeouts, sending);
      boolean isWorthRepeating =
          made.onReusedConnection()
              && made.outcome() instanceof OriginOutcome.Failed failed
              && failed.error().isTypicalOfReuse();
      if (!isWorthRepeating || attempt == MAX_REPEATS || !sending.isRepeatable()) {
        return usable(made.outcome());
      }
    }
  }

  /// Refuses what cannot be passed on: a status code outside of RFC 9110 §15 (an interim one takes
  /// no final response's place, and 101 answers only who asked for it), or a coding that we cannot
  /// take off.
  private static OriginOutcome usable(OriginOutcome outcome) {
    if (!(outcome instanceof OriginOutcome.Answered answered)) {
      return outcome;
    }
    int status = answered.head().status();
    Optional<String> coding = TransferCodings.fault(answered.head().fields());
    if (status >= 200 && status <= 599 && coding.isEmpty()) {
      return outcome;
    }
    answered.body().cancel();
    return coding
        .map(why -> new OriginOutcome.Failed(OriginError.HTTP_RESPONSE_TRANSFER_CODING, why))
        .orElseGet(() ->
            new OriginOutcome.Failed(
                OriginError.HTTP_PROTOCOL_ERROR, "the origin answered with status " + status));
  }

  /// No upload is waited for longer than this; what matters is that it moves, which the idle
  /// timeout sees to.
  private static final Duration UPLOAD_LIMIT = Duration.ofDays(1);

  private record Attempt(OriginOutcome outcome, boolean onReusedConnection) {}

  private static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> false;
    };
  }

  private Attempt sendOnce(Origin origin, OriginTimeouts timeouts, Sending sending) {
    return switch (slots.take(origin, timeouts.connect())) {
      case ConnectionSlots.Outcome.Refused(var error) ->
          new Attempt(new OriginOutcome.Failed(error, error.sentence()), false);
      case ConnectionSlots.Outcome.Taken(var slot) -> sendOn(slot, origin, timeouts, sending);
    };
  }

  private Attempt sendOn(
      ConnectionSlots.Slot slot, Origin origin, OriginTimeouts timeouts, Sending sending) {
    Future<HttpClientRequest> pending = client.request(options(origin, sending.head(), timeouts));
    HttpClientRequest request;
    try {
      request = Wait.on(pending, timeouts.connect(), "a connection to " + origin);
    } catch (IOException e) {
      // A connection that comes after all goes back: nobody waits for it any more.
      pending.onSuccess(HttpClientRequest::reset);
      slot.giveBack();
      return new Attempt(failed(e, OriginError.CONNECTION_TIMEOUT), false);
    }
    var connection = OriginConnection.of(((ConnectionBase) request.connection()).channel());
    Runnable breakOff =
        () -> {
          connection.breakOff(sending.interim(), request::reset);
          slot.giveBack();
        };
    boolean isReused = connection.begun(sending.interim());
    try {
      return new Attempt(exchange(request, slot, breakOff, origin, timeouts, sending), isReused);
    } catch (RuntimeException e) {
      breakOff.run();
      throw e;
    } finally {
      connection.ended(sending.interim());
    }
  }

  /// Sends the request on the connection it has, and waits for the final response's head.
  private OriginOutcome exchange(
      HttpClientRequest request,
      ConnectionSlots.Slot slot,
      Runnable breakOff,
      Origin origin,
      OriginTimeouts timeouts,
      Sending sending) {
    VertxFields.addTo(request.headers(), sending.head().fields());
    if (!sending.head().authority().isEmpty()) {
      request.headers().set("Host", sending.head().authority());
    }
    var sent = clock.instant();
    Future<OriginOutcome> answer =
        request
            .response()
            .map(response ->
                new OriginOutcome.Answered(
                    new ResponseHead(response.statusCode(), VertxFields.of(response.headers())),
                    body(response, timeouts.idle(), breakOff, slot),
                    sent,
                    clock.instant()));
    Future<Void> uploaded =
        sending.body().isNone()
            ? request.end()
            : upload(request, sending.head(), sending.body(), timeouts.idle());
    CompletableFuture<Void> brokenOff =
        sending
            .givenUp()
            .thenRun(() -> {
              if (!answer.isComplete()) {
                breakOff.run();
              }
            });
    try {
      if (!sending.body().isNone()) {
        // Whichever comes first: an origin may answer before it has read everything, and then that
        // counts.
        Wait.on(Future.any(answer, uploaded), UPLOAD_LIMIT, "the end of the upload");
      }
      return Wait.on(answer, timeouts.firstByte(), "the response head of " + origin);
    } catch (IOException e) {
      breakOff.run();
      return uploaded.failed() && !sending.body().isNone()
          ? new OriginOutcome.Failed(
              OriginError.HTTP_REQUEST_ERROR, String.valueOf(uploaded.cause().getMessage()))
          : failed(e, OriginError.HTTP_RESPONSE_TIMEOUT);
    } finally {
      brokenOff.cancel(false);
    }
  }

  /// Passes the body on, on a virtual thread of its own: the answer may come before its end.
  /// Whatever is left of it when the exchange is over is not read, and the connection is not used
  /// again.
  private static Future<Void> upload(
      HttpClientRequest request, RequestHead head, BodySource body, Duration idle) {
    Promise<Void> uploaded = Promise.promise();
    request.setChunked(!head.fields().contains("Content-Length"));
    Thread.ofVirtual()
        .name("upload")
        .start(() -> {
          try {
            for (Buffer chunk = body.next(); chunk != null; chunk = body.next()) {
              Future<Void> written = request.write(chunk);
              if (written.failed()) {
                throw new IOException("the origin is gone", written.cause());
              }
              if (request.writeQueueFull()) {
                Wait.on(written, idle, "room for the request body");
              }
            }
            request.end();
            uploaded.complete();
          } catch (IOException | RuntimeException e) {
            body.cancel();
            uploaded.fail(e);
            reset(request);
          }
        });
    return uploaded.future();
  }

  private static void reset(HttpClientRequest request) {
    try {
      request.reset();
    } catch (RejectedExecutionException stopped) {
      // The event loops have ended, and all connections with them.
      return;
    }
  }

  private static BodySource body(
      HttpClientResponse response, Duration idle, Runnable breakOff, ConnectionSlots.Slot slot) {
    response.pause();
    return PulledStream.of(
        response, idle, breakOff, slot::giveBack, () -> VertxFields.of(response.trailers()));
  }

  private static RequestOptions options(Origin origin, RequestHead head, OriginTimeouts timeouts) {
    return new RequestOptions()
        .setHost(origin.host())
        .setPort(origin.port())
        .setSsl(origin.tls())
        .setMethod(HttpMethod.valueOf(head.method()))
        .setURI(head.target())
        .setConnectTimeout(timeouts.connect().toMillis());
  }

  private static OriginOutcome failed(IOException e, OriginError onTimeout) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    OriginError error =
        switch (cause) {
          case TimeoutException _ -> onTimeout;
          case UnknownHostException _ -> OriginError.DNS_ERROR;
          case ConnectionPoolTooBusyException _ -> OriginError.CONNECTION_LIMIT_REACHED;
          case io.netty.channel.ConnectTimeoutException _ -> OriginError.CONNECTION_TIMEOUT;
          case ConnectException _ -> OriginError.CONNECTION_REFUSED;
          case SSLException _ -> OriginError.TLS_PROTOCOL_ERROR;
          case HttpClosedException _ -> OriginError.CONNECTION_TERMINATED;
          case IOException _ -> OriginError.CONNECTION_TERMINATED;
          default -> OriginError.HTTP_PROTOCOL_ERROR;
        };
    return new OriginOutcome.Failed(
        error, cause.getClass().getSimpleName() + ": " + cause.getMessage());
  }

  @Override
  public void close() {
    client.close();
  }
}
