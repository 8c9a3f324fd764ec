package io.forebay.proxy.origin;

import io.forebay.http.ConnectionFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.TransferCodings;
import io.forebay.proxy.VertxFields;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.Patience;
import io.forebay.proxy.body.PulledStream;
import io.forebay.proxy.body.Wait;
import io.forebay.proxy.socket.TunnelEnd;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Sends a request to one origin over pooled connections, HTTP/1.1 or HTTP/2, in blocking style on
/// virtual threads. Which origin, when, and how often: [OriginDispatch].
public final class OriginClient implements AutoCloseable {

  private final Vertx vertx;
  private final OriginConnections connections;
  private final int maxHeaderBytes;
  private final InstantSource clock;
  private final List<LoopOrigins> ofLoops = new CopyOnWriteArrayList<>();

  /// @param links origins that are connected to in another way than the usual
  public OriginClient(
      Vertx vertx, int maxHeaderBytes, List<OriginLink> links, InstantSource clock) {
    this(vertx, ElasticClient.FIRST_SIZE, maxHeaderBytes, links, clock);
  }

  /// @param firstSize connections to an origin for which there is room at first
  OriginClient(
      Vertx vertx, int firstSize, int maxHeaderBytes, List<OriginLink> links, InstantSource clock) {
    this.vertx = vertx;
    this.maxHeaderBytes = maxHeaderBytes;
    this.connections = new OriginConnections(vertx, firstSize, maxHeaderBytes, links);
    this.clock = clock;
  }

  /// The origins as one event loop asks them.
  LoopOrigins on(EventLoop loop, OriginPools pools) {
    LoopOrigins made =
        new LoopOrigins(
            loop,
            ((VertxInternal) vertx).transport().channelFactory(false),
            pools,
            connections,
            maxHeaderBytes,
            clock);
    ofLoops.add(made);
    return made;
  }

  /// Uses a link's certificates for new connections; it must have been among those at the start.
  public void renew(OriginLink link) {
    connections.renew(link);
  }

  /// A request to send.
  ///
  /// @param head its `authority` becomes the `Host` field, whatever the origin's name is
  /// @param body sent as it comes; with the `Content-Length` of the head's fields, else in chunks
  /// @param interim gets interim responses (102, 103, …) as they come, on the event loop, where it
  ///   must not wait
  /// @param givenUp when it completes before the final response's head is there, the request is
  ///   broken off and fails
  /// @param switched completed with the connection when the origin answers 101; empty if the
  ///   request does not ask for another protocol. Over HTTP/2 it is not asked for
  /// @param first what an event loop has begun of it
  public record Sending(
      RequestHead head,
      BodySource body,
      Consumer<ResponseHead> interim,
      CompletableFuture<Void> givenUp,
      Optional<CompletableFuture<TunnelEnd>> switched,
      Optional<FirstAttempt> first) {

    /// An ordinary request.
    public Sending(
        RequestHead head,
        BodySource body,
        Consumer<ResponseHead> interim,
        CompletableFuture<Void> givenUp) {
      this(head, body, interim, givenUp, Optional.empty(), Optional.empty());
    }

    /// The same without the wish for another protocol.
    private Sending ordinary() {
      return new Sending(head, body, interim, givenUp, Optional.empty(), first);
    }

    /// Whether it may be sent again though an origin saw it (RFC 9110 §9.2.2).
    boolean isRepeatable() {
      return body.isNone() && isIdempotent(head.method()) && !givenUp.isDone();
    }
  }

  /// What became of a request on one connection.
  ///
  /// @param onReusedConnection whether the connection had carried a request before
  record Attempt(OriginOutcome outcome, boolean onReusedConnection) {}

  /// Sends the request and waits for the head of its final response.
  ///
  /// @param listener hears of an answer and its end; of a failure only the caller does
  Attempt send(Member member, OriginTimeouts timeouts, Sending sending, AnswerListener listener) {
    Origin origin = member.origin();
    boolean areShared = connections.areShared(origin);
    if (areShared && !mayConnect(member, timeouts.connect())) {
      return new Attempt(OriginOutcome.Failed.of(OriginError.CONNECTION_WAIT_TIMEOUT), false);
    }
    Future<HttpClientRequest> pending =
        connections.to(origin).request(options(origin, sending.head(), timeouts));
    HttpClientRequest request;
    try {
      request = Wait.on(pending, timeouts.connect(), "a connection to " + origin);
    } catch (IOException e) {
      // A connection that comes after all goes back: nobody waits for it any more.
      pending.onSuccess(HttpClientRequest::reset);
      // A connection of the pool may be closed just when it is given out.
      boolean wasOpen = e.getCause() instanceof HttpClosedException;
      return new Attempt(failed(e, OriginError.CONNECTION_TIMEOUT), wasOpen);
    } finally {
      if (areShared) {
        member.connecting().release();
      }
    }
    if (request.version() == HttpVersion.HTTP_2) {
      // There is no Upgrade (RFC 9113 §8.6), and it may always be ignored (RFC 9110 §7.8).
      return sendOnStream(request, origin, timeouts, sending.ordinary(), listener);
    }
    var connection =
        OriginConnection.of(
            ((ConnectionBase) request.connection()).channel(), member.connections());
    if (connection.isDoubtful()) {
      request.connection().close();
      return send(member, timeouts, sending, listener);
    }
    // Once the connection is another's, its request is not ours to break off.
    Runnable breakOff = () -> connection.breakOff(sending.interim(), request::reset);
    Runnable breakOffUpload = () -> connection.breakOffUpload(sending.interim(), request::reset);
    boolean isReused = connection.begun(sending.interim());
    try {
      OriginOutcome outcome =
          exchange(request, breakOff, breakOffUpload, origin, timeouts, sending, listener);
      return new Attempt(usable(outcome, sending), isReused);
    } catch (RuntimeException e) {
      breakOff.run();
      throw e;
    } finally {
      connection.ended(sending.interim());
    }
  }

  /// Waits until few enough others are getting a connection. With many requests at once Vert.x
  /// would make one for each before the first is there, which then carries them all.
  private static boolean mayConnect(Member member, Duration patience) {
    try {
      return member.connecting().tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// A stream that fails may have met a connection that was just going away, whichever it was. The
  /// connection is others' too, so whatever becomes of the stream, those that are on it go on.
  private Attempt sendOnStream(
      HttpClientRequest request,
      Origin origin,
      OriginTimeouts timeouts,
      Sending sending,
      AnswerListener listener) {
    long began = System.nanoTime();
    request.earlyHintsHandler(
        hints -> sending.interim().accept(new ResponseHead(103, VertxFields.of(hints))));
    Runnable reset = () -> reset(request);
    try {
      OriginOutcome outcome = exchange(request, reset, reset, origin, timeouts, sending, listener);
      if (outcome instanceof OriginOutcome.Failed failed
          && isDoubtful(failed.error(), sending, began)
          && OriginConnections.isSilentSince(request.connection(), began)) {
        var _ = request.connection().shutdown(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
      return new Attempt(usable(outcome, sending), true);
    } catch (RuntimeException e) {
      reset(request);
      throw e;
    }
  }

  /// Whether no answer came for so long that, if nobody else heard anything on the connection
  /// either, it may be dead, or its frames out of step, and would fail all that come: they get
  /// another, those that are on it may end, and the last one closes it.
  private static boolean isDoubtful(OriginError error, Sending sending, long began) {
    return error == OriginError.HTTP_RESPONSE_TIMEOUT
        || error == OriginError.CONNECTION_WRITE_TIMEOUT
        || (sending.givenUp().isDone() && System.nanoTime() - began > LONG_SILENCE.toNanos());
  }

  /// Refuses what cannot be passed on: a status code outside of RFC 9110 §15 (an interim one takes
  /// no final response's place, and 101 answers only who asked for it), or a coding that we cannot
  /// take off.
  private static OriginOutcome usable(OriginOutcome outcome, Sending sending) {
    if (!(outcome instanceof OriginOutcome.Answered answered)) {
      return outcome;
    }
    Optional<OriginOutcome.Failed> fault = fault(answered.head(), sending.switched().isPresent());
    if (fault.isEmpty()) {
      return outcome;
    }
    answered.body().cancel();
    if (answered.head().status() == 101 && sending.switched().isPresent()) {
      // It no longer speaks HTTP, and nobody will speak anything else on it.
      var _ = sending.switched().get().thenAccept(TunnelEnd::cutOff);
    }
    return fault.get();
  }

  /// What is wrong with a response that came as a final one.
  static Optional<OriginOutcome.Failed> fault(ResponseHead head, boolean maySwitch) {
    int status = head.status();
    Optional<String> coding = TransferCodings.fault(head.fields());
    if (coding.isPresent()) {
      return Optional.of(
          new OriginOutcome.Failed(OriginError.HTTP_RESPONSE_TRANSFER_CODING, coding.get()));
    }
    boolean isExpected = (status >= 200 && status <= 599) || (status == 101 && maySwitch);
    return isExpected
        ? Optional.empty()
        : Optional.of(
            new OriginOutcome.Failed(
                OriginError.HTTP_PROTOCOL_ERROR, "the origin answered with status " + status));
  }

  /// A request that its client gave up earlier says nothing about the connection.
  private static final Duration LONG_SILENCE = Duration.ofSeconds(1);

  /// Nothing that moves is waited for longer than this; that it moves, the idle timeout sees to.
  private static final Duration LIMIT = Duration.ofDays(1);

  private static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> false;
    };
  }

  /// Sends the request on the connection it has, and waits for the final response's head.
  private OriginOutcome exchange(
      HttpClientRequest request,
      Runnable breakOff,
      Runnable breakOffUpload,
      Origin origin,
      OriginTimeouts timeouts,
      Sending sending,
      AnswerListener listener) {
    putHead(request, sending.head());
    var sent = clock.instant();
    boolean maySwitch = sending.switched().isPresent();
    // Before anything is sent: what comes behind the head must find somebody.
    Future<OriginOutcome> answer =
        request
            .response()
            .map(response -> {
              listener.answered(response.statusCode());
              return new OriginOutcome.Answered(
                  new ResponseHead(response.statusCode(), VertxFields.of(response.headers())),
                  sending.switched().isPresent() && response.statusCode() == 101
                      ? switched(response, sending.switched().get(), listener)
                      : body(
                          response,
                          timeouts.idle(),
                          breakOff,
                          how -> {
                            if (maySwitch) { // never over HTTP/2
                              // To Vert.x such a request has no end, so another can't follow.
                              request.connection().close();
                            }
                            tell(listener, how);
                          }),
                  sent,
                  clock.instant());
            });
    Future<Void> uploaded =
        maySwitch
            ? request.connect().mapEmpty()
            : sending.body().isNone()
                ? request.end()
                : upload(request, breakOffUpload, sending.head(), sending.body(), timeouts.idle());
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
        Wait.on(Future.any(answer, uploaded), LIMIT, "the end of the upload");
      }
      return Wait.on(answer, timeouts.firstByte(), "the response head of " + origin);
    } catch (IOException e) {
      if (isHeadTooLarge(e) || isHeadTooLarge(uploaded.cause())) {
        return new OriginOutcome.Failed(
            OriginError.REQUEST_HEAD_TOO_LARGE, String.valueOf(e.getMessage()));
      }
      breakOff.run();
      return uploaded.failed() && !sending.body().isNone()
          ? uploadFailed(uploaded.cause())
          : failed(e, OriginError.HTTP_RESPONSE_TIMEOUT);
    } finally {
      brokenOff.cancel(false);
    }
  }

  /// How much an origin over HTTP/2 says it takes is a hint (RFC 9113 §6.5.2), but many end the
  /// whole connection at what is more.
  private static boolean isHeadTooLarge(@Nullable Throwable failure) {
    return switch (failure) {
      case HeaderListSizeException size -> !size.duringDecode();
      case null -> false;
      default -> isHeadTooLarge(failure.getCause());
    };
  }

  /// It is the origin that did not go on if something was not written in time.
  private static OriginOutcome.Failed uploadFailed(Throwable cause) {
    return new OriginOutcome.Failed(
        cause.getCause() instanceof TimeoutException
            ? OriginError.CONNECTION_WRITE_TIMEOUT
            : OriginError.HTTP_REQUEST_ERROR,
        String.valueOf(cause.getMessage()));
  }

  private static void putHead(HttpClientRequest request, RequestHead head) {
    if (request.version() == HttpVersion.HTTP_2) {
      putHttp2Head(request, head);
      return;
    }
    VertxFields.addTo(request.headers(), head.fields());
    if (!head.authority().isEmpty()) {
      request.headers().set("Host", head.authority());
    }
  }

  /// Without what belongs to an HTTP/1.1 connection; the host is the authority (RFC 9113 §8.2.2,
  /// §8.3.1).
  private static void putHttp2Head(HttpClientRequest request, RequestHead head) {
    boolean takesTrailers = ConnectionFields.wantsTrailers(head.fields());
    VertxFields.addTo(request.headers(), ConnectionFields.removed(head.fields()).without("Host"));
    if (takesTrailers) {
      request.headers().set("te", "trailers");
    }
    HostAndPort authority = HostAndPort.parseAuthority(head.authority(), -1);
    if (authority != null) {
      request.authority(authority);
    }
  }

  /// Passes the body on, on a virtual thread of its own: the answer may come before its end.
  /// Whatever is left of it when the exchange is over is not read, and the connection is not used
  /// again; until then the client may still be answered.
  private static Future<Void> upload(
      HttpClientRequest request,
      Runnable breakOff,
      RequestHead head,
      BodySource body,
      Duration idle) {
    Promise<Void> uploaded = Promise.promise();
    boolean isStream = request.version() == HttpVersion.HTTP_2;
    if (!isStream) {
      request.setChunked(!head.fields().contains("Content-Length"));
    }
    Thread.ofVirtual()
        .name("upload")
        .start(() -> {
          try {
            if (isStream) {
              Wait.on(request.writeHead(), idle, "room for the request head");
            }
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
            uploaded.fail(e);
            if (!isHeadTooLarge(e)) { // then there is no stream to break off
              breakOff.run();
            }
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
      HttpClientResponse response,
      Duration idle,
      Runnable breakOff,
      Consumer<PulledStream.End> onOver) {
    response.pause();
    return PulledStream.of(
        response,
        Patience.ofIdle(idle),
        breakOff,
        onOver,
        () -> VertxFields.of(response.trailers()));
  }

  static void tell(AnswerListener listener, PulledStream.End how) {
    switch (how) {
      case WHOLE -> listener.whole();
      case BROKEN -> listener.broken();
      case UNWANTED -> listener.unwanted();
    }
  }

  /// On the event loop, before anything behind the head was delivered. The request is over with
  /// this, and its place is another's: tunnels may live for days, and have a bound of their own.
  private static BodySource switched(
      HttpClientResponse response, CompletableFuture<TunnelEnd> end, AnswerListener listener) {
    Channel channel = ((ConnectionBase) response.request().connection()).channel();
    TunnelEnd switched = TunnelEnd.of(response.netSocket(), channel);
    listener.whole();
    if (!end.complete(switched)) {
      switched.cutOff();
    }
    return BodySource.EMPTY;
  }

  private RequestOptions options(Origin origin, RequestHead head, OriginTimeouts timeouts) {
    return new RequestOptions()
        .setServer(SocketAddress.inetSocketAddress(origin.port(), origin.address()))
        .setHost(connections.serverName(origin).orElse(origin.host()))
        .setPort(origin.port())
        .setSsl(origin.tls())
        .setMethod(HttpMethod.valueOf(head.method()))
        .setURI(head.target())
        .setConnectTimeout(timeouts.connect().toMillis());
  }

  private static OriginOutcome failed(IOException e, OriginError onTimeout) {
    return failure(e.getCause() == null ? e : e.getCause(), onTimeout);
  }

  static OriginOutcome.Failed failure(Throwable cause, OriginError onTimeout) {
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
    ofLoops.forEach(LoopOrigins::close);
    connections.close();
  }
}
