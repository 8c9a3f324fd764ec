package io.forebay.proxy.origin;

import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.proxy.VertxFields;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.PulledStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection to an origin, behind Netty's response decoder: carries one request at a
/// time, and is used again if both sides keep it.
///
/// Of one event loop.
final class LoopConnection extends ChannelInboundHandlerAdapter {

  /// As long as Vert.x keeps the others.
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(60);

  /// How far the answer is.
  private enum Stage {
    /// No request is under way.
    IDLE,
    HEAD,
    INTERIM,
    /// Its body goes to the one who asked.
    BODY,
    /// Its body goes to a reader elsewhere.
    HANDED_OVER
  }

  private final LoopOrigins origins;
  private final Member member;
  private final Channel channel;
  private Stage stage = Stage.IDLE;
  private @Nullable LoopRequest request;
  private @Nullable LoopBody body;
  private HttpFields trailers = HttpFields.none();
  private boolean isReused;
  private boolean isKept;
  private boolean isReading = true;
  private int interims;
  private long idleNanos = LONGEST_IDLE.toNanos();
  private @Nullable Throwable fault;

  /// When its time is up; 0: not at all.
  private long deadline;

  LoopConnection(LoopOrigins origins, Member member, Channel channel) {
    this.origins = origins;
    this.member = member;
    this.channel = channel;
  }

  Member member() {
    return member;
  }

  boolean isOpen() {
    return channel.isActive();
  }

  boolean isBusy() {
    return stage != Stage.IDLE;
  }

  void close() {
    var _ = channel.close();
  }

  /// A request begins.
  void begin(LoopRequest begun, ByteBuf bytes) {
    request = begun;
    stage = Stage.HEAD;
    interims = 0;
    fault = null;
    deadline = System.nanoTime() + begun.timeouts().firstByte().toNanos();
    var _ = channel.writeAndFlush(bytes, channel.voidPromise());
  }

  /// Stops reading, or goes on. While it does not read, the origin is not to blame for silence.
  void hold(boolean on) {
    if (isReading == !on) {
      return;
    }
    isReading = !on;
    channel.config().setAutoRead(isReading);
    expectBody();
  }

  private void expectBody() {
    deadline =
        stage == Stage.BODY && isReading && request != null
            ? System.nanoTime() + request.timeouts().idle().toNanos()
            : 0;
  }

  // ---- what comes

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (stage == Stage.IDLE || request == null) {
        close(); // nobody asked for it
        return;
      }
      if (message instanceof HttpResponse response) {
        head(request, response);
      }
      if (message instanceof HttpContent content) {
        content(request, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void head(LoopRequest asked, HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      fail(
          asked,
          OriginClient.failure(response.decoderResult().cause(), OriginError.HTTP_PROTOCOL_ERROR));
      return;
    }
    ResponseHead head =
        new ResponseHead(response.status().code(), VertxFields.of(response.headers()));
    if (head.status() < 200 && head.status() != 101) {
      stage = Stage.INTERIM;
      LoopAnswer waiting = asked.answer();
      boolean isForwarded =
          OriginConnection.isForwardable(response) && interims++ < OriginConnection.MAX_FORWARDED;
      if (isForwarded && waiting != null) {
        waiting.interim(head);
      }
      return;
    }
    asked.slot().answered(head.status());
    Optional<OriginOutcome.Failed> unusable = OriginClient.fault(head, false);
    if (unusable.isPresent()) {
      fail(asked, unusable.get());
      return;
    }
    int seconds = OriginConnection.keepAliveSeconds(response.headers());
    idleNanos = seconds > 1 ? Duration.ofSeconds(seconds - 1L).toNanos() : LONGEST_IDLE.toNanos();
    isKept = HttpUtil.isKeepAlive(response);
    var answered = new OriginOutcome.Answered(head, BodySource.EMPTY, asked.sent(), origins.now());
    LoopAnswer waiting = asked.answer();
    if (waiting != null && waiting.head(answered)) {
      stage = Stage.BODY;
      expectBody();
    } else {
      handOver(asked, answered);
    }
  }

  private void content(LoopRequest asked, HttpContent content) {
    boolean isLast = content instanceof LastHttpContent;
    switch (stage) {
      case IDLE, HEAD -> {}
      case INTERIM -> {
        // The decoder ends each interim response with an empty last content.
        if (isLast) {
          stage = Stage.HEAD;
        }
      }
      case BODY, HANDED_OVER -> {
        if (content.decoderResult().isFailure()) {
          fault = content.decoderResult().cause();
          close();
          return;
        }
        ByteBuf part = content.content();
        if (part.isReadable()) {
          give(asked, part);
        }
        if (content instanceof LastHttpContent last) {
          if (!last.trailingHeaders().isEmpty()) {
            trailers = VertxFields.of(last.trailingHeaders());
          }
          ended(asked);
        }
      }
    }
  }

  private void give(LoopRequest asked, ByteBuf part) {
    expectBody();
    LoopAnswer waiting = asked.answer();
    if (body != null) {
      body.add(BufferInternal.buffer(part.retainedSlice()));
    } else if (waiting != null) {
      waiting.body(part);
    }
  }

  /// The answer is whole. The connection is free before anybody hears of it, so that who asks again
  /// at once can have it.
  private void ended(LoopRequest asked) {
    LoopBody handedOver = body;
    hold(false);
    free();
    if (isKept) {
      origins.giveBack(this);
    } else {
      close();
    }
    if (handedOver == null) {
      asked.ended();
    } else {
      handedOver.over(null);
    }
  }

  private void free() {
    stage = Stage.IDLE;
    request = null;
    body = null;
    isReused = true;
    deadline = System.nanoTime() + idleNanos;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    LoopAnswer waiting = request == null ? null : request.answer();
    if (waiting != null && stage == Stage.BODY) {
      waiting.pause();
    }
  }

  // ---- what goes wrong

  private void fail(LoopRequest asked, OriginOutcome.Failed failure) {
    boolean before = isReused;
    free();
    close();
    asked.failed(failure, before);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fault = cause;
    close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    origins.gone(this);
    LoopRequest asked = request;
    if (asked == null || stage == Stage.IDLE) {
      return;
    }
    Throwable cause = fault == null ? new IOException("Connection was closed") : fault;
    Stage before = stage;
    LoopBody handedOver = body;
    boolean wasReused = isReused;
    free();
    switch (before) {
      case IDLE -> {}
      case HEAD, INTERIM ->
          asked.failed(OriginClient.failure(cause, OriginError.HTTP_RESPONSE_TIMEOUT), wasReused);
      case BODY -> asked.broken("the body broke off: " + cause.getMessage());
      case HANDED_OVER -> {
        if (handedOver != null) {
          handedOver.over(cause);
        }
      }
    }
  }

  /// Looks at the clock.
  void tick(long now) {
    if (deadline == 0 || now - deadline < 0) {
      return;
    }
    deadline = 0;
    LoopRequest asked = request;
    if (asked != null) {
      fault =
          stage == Stage.BODY
              ? new TimeoutException("no part of the body came for " + asked.timeouts().idle())
              : new TimeoutException(
                  "the response head did not come in " + asked.timeouts().firstByte());
    }
    close();
  }

  // ---- for a reader elsewhere

  private void handOver(LoopRequest asked, OriginOutcome.Answered answered) {
    boolean before = isReused;
    stage = Stage.HANDED_OVER;
    trailers = HttpFields.none();
    deadline = 0; // the reader has his own
    LoopBody stream = new LoopBody(channel.eventLoop(), this::hold);
    body = stream;
    BodySource source =
        PulledStream.of(
            stream,
            asked.timeouts().idle(),
            () -> breakOff(stream),
            how -> OriginClient.tell(asked.slot(), how),
            () -> trailers);
    asked.handOver(
        new FirstAttempt(
            asked.slot(),
            Optional.of(
                new OriginClient.Attempt(
                    new OriginOutcome.Answered(
                        answered.head(), source, answered.sent(), answered.received()),
                    before))));
  }

  /// The reader wants no more. With the answer's end the connection may be another's.
  @SuppressWarnings("ReferenceEquality") // the very one
  private void breakOff(LoopBody unwanted) {
    try {
      channel
          .eventLoop()
          .execute(() -> {
            if (body == unwanted) {
              close();
            }
          });
    } catch (RejectedExecutionException stopped) {
      // The event loop has ended, and the connection with it.
      return;
    }
  }
}
