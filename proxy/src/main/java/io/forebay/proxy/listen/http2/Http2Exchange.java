package io.forebay.proxy.listen.http2;

import io.forebay.http.ConnectionFields;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.proxy.ClientExchange;
import io.forebay.proxy.Sender;
import io.forebay.proxy.body.BodySink;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.Patience;
import io.forebay.proxy.listen.ContinuedBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A [ClientExchange] on a stream of an [Http2Session].
///
/// A response is handed to the session in parts that are each waited for until the client has taken
/// them, so that a client that stalls its stream holds one of them.
final class Http2Exchange implements ClientExchange, BodySink {

  /// What is done when the client goes: an action, until it has gone.
  private record Watch(Runnable action, boolean isGone) {}

  /// What may be on its way to the client before a writer waits.
  private static final int MAX_AHEAD_BYTES = 64 * 1024;

  private final Http2Session session;
  private final Http2Stream stream;
  private final RequestHead head;
  private final Sender sender;
  private final @Nullable Http2Body content;
  private final BodySource body;
  private final Duration idleTimeout;
  private final Patience patience;
  private final AtomicReference<Watch> watch = new AtomicReference<>(new Watch(() -> {}, false));
  private long bodyBytesSent;
  private int aheadBytes;

  /// Whether all of the response was handed over; read on the event loop too.
  private volatile boolean isAnswered;

  /// Whether the final head was; of the event loop.
  private boolean isHeadSent;

  /// @param hasContent whether more than the head comes from the client
  Http2Exchange(
      Http2Session session,
      Http2Stream stream,
      RequestHead head,
      Sender sender,
      boolean hasContent,
      Http2Rules rules) {
    this.session = session;
    this.stream = stream;
    this.head = head;
    this.sender = sender;
    this.idleTimeout = rules.idleTimeout();
    this.patience = Patience.ofRate(idleTimeout, rules.minUploadRate());
    if (hasContent) {
      Http2Body received =
          new Http2Body(
              patience, bytes -> session.taken(stream, bytes), () -> session.refuseRest(stream));
      content = received;
      body = ContinuedBody.ifExpected(head.fields(), this::goOn, received);
    } else {
      content = null;
      body = BodySource.EMPTY;
    }
  }

  // From the session, on its event loop.

  /// @return how many of the bytes were dropped
  int received(ByteBuf data, boolean isLast) {
    int length = data.readableBytes();
    if (content == null) {
      return length;
    }
    int dropped = length == 0 ? 0 : content.received(data);
    if (isLast) {
      content.ended(HttpFields.none());
    }
    return dropped;
  }

  void trailersReceived(HttpFields trailers) {
    if (content != null) {
      content.ended(trailers);
    }
  }

  void streamClosed() {
    if (content != null) {
      content.broken("the client reset the stream or closed the connection");
    }
    if (!isAnswered) {
      Watch before = watch.getAndSet(new Watch(() -> {}, true));
      before.action().run();
    }
  }

  void headSent() {
    isHeadSent = true;
  }

  // From the exchange's virtual thread.

  @Override
  public RequestHead request() {
    return head;
  }

  @Override
  public String protocol() {
    return "2";
  }

  @Override
  public Sender sender() {
    return sender;
  }

  @Override
  public BodySource body() {
    return body;
  }

  private void goOn() {
    interim(new ResponseHead(100, HttpFields.none()));
  }

  @Override
  public void interim(ResponseHead interim) {
    Http2Headers headers =
        Http2Responses.head(interim.status(), session.shown(head, interim.fields()));
    session.run(() -> {
      if (!isHeadSent) {
        session.writeInterim(stream, headers);
      }
    });
  }

  @Override
  public void respond(ResponseHead response, Buffer whole) throws IOException {
    patience.endRate();
    bodyBytesSent += whole.length();
    isAnswered = true;
    HttpFields fields = session.shown(head, response.fields());
    if (whole.length() > 0 && !fields.contains("Content-Length")) {
      fields = fields.with("Content-Length", Integer.toString(whole.length()));
    }
    Http2Headers headers = Http2Responses.head(response.status(), fields);
    await(session.write(this, stream, headers, whole.length() == 0 ? null : bytes(whole), true));
  }

  @Override
  public BodySink begin(ResponseHead response) {
    patience.endRate();
    Http2Headers headers =
        Http2Responses.head(response.status(), session.shown(head, response.fields()));
    var _ = session.write(this, stream, headers, null, false);
    return this;
  }

  @Override
  public void write(Buffer chunk) throws IOException {
    if (watch.get().isGone()) {
      throw new IOException("the client reset the stream or closed the connection");
    }
    bodyBytesSent += chunk.length();
    aheadBytes += chunk.length();
    CompletableFuture<Void> written = session.write(this, stream, null, bytes(chunk), false);
    if (aheadBytes >= MAX_AHEAD_BYTES) {
      // Written in order: when this one is gone, so are those before it.
      await(written);
      aheadBytes = 0;
    }
  }

  @Override
  public void end(HttpFields trailers) throws IOException {
    isAnswered = true;
    await(
        takesTrailers() && !trailers.isEmpty()
            ? session.write(this, stream, Http2Responses.trailers(trailers), null, true)
            : session.write(this, stream, null, Unpooled.EMPTY_BUFFER, true));
  }

  @Override
  public boolean takesTrailers() {
    return ConnectionFields.wantsTrailers(head.fields());
  }

  @Override
  public void onGone(Runnable action) {
    Watch before =
        watch.getAndUpdate(present -> present.isGone() ? present : new Watch(action, false));
    if (before.isGone()) {
      action.run();
    }
  }

  @Override
  public void abort() {
    session.reset(stream, Http2Error.INTERNAL_ERROR);
  }

  @Override
  public long bodyBytesSent() {
    return bodyBytesSent;
  }

  private static ByteBuf bytes(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf();
  }

  private void await(CompletableFuture<Void> written) throws IOException {
    try {
      written.get(idleTimeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abort();
      throw new IOException("interrupted while waiting for room to write to the client", e);
    } catch (TimeoutException e) {
      abort();
      throw new IOException("the client took nothing for " + idleTimeout, e);
    } catch (ExecutionException e) {
      throw new IOException("the client is gone: " + e.getCause(), e);
    }
  }

  /// After the exchange: an unanswered one is cut off, and what is left of the request is not
  /// wanted (RFC 9113 §8.1).
  void close() {
    if (!isAnswered) {
      abort();
    } else if (content != null && !content.isWhole()) {
      content.cancel();
    }
  }
}
