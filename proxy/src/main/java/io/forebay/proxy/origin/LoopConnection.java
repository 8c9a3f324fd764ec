package io.forebay.proxy.origin;

import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.proxy.VertxFields;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.Patience;
import io.forebay.proxy.body.PulledStream;
import io.forebay.proxy.scan.ResponseScan;
import io.forebay.proxy.socket.Loops;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.impl.HttpUtils;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP/1.1 connection to an origin: carries one request at a time, and is used again if both
/// sides keep it.
///
/// Plain responses, which come with their length, it reads itself ([ResponseScan]). With the first
/// of another kind (in chunks, to the connection's end, interim, in more pieces, or odd) the
/// connection gets Netty's decoder, for good: so all bytes have one reader.
///
/// Of one event loop.
final class LoopConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(LoopConnection.class);

  /// As long as Vert.x keeps the others.
  private static final long LONGEST_IDLE_NANOS = Duration.ofSeconds(60).toNanos();

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
  private long idleNanos = LONGEST_IDLE_NANOS;
  private @Nullable Throwable fault;

  /// Whether Netty's decoder stands before this.
  private boolean isDecoded;

  private boolean isFreeAfterRead;

  /// Whether something of the body came since its time began.
  private boolean isMoving;

  // Of the body of a plain response, what has not come yet.
  private long bodyLeft;

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

  void close() {
    var _ = channel.close();
  }

  /// It came too late for the request that it was made for.
  void unused() {
    free();
    origins.giveBack(this);
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

  /// The next part of the body has its time from now.
  private void expectBody() {
    if (stage == Stage.BODY && request != null) {
      deadline = isReading ? System.nanoTime() + request.timeouts().idle().toNanos() : 0;
    }
  }

  // ---- what comes

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes && !isDecoded && stage == Stage.HEAD && !isPlain(bytes)) {
      decode(context, bytes);
      return;
    }
    try {
      LoopRequest asked = request;
      if (stage == Stage.IDLE || asked == null) {
        close(); // nobody asked for it
      } else if (message instanceof ByteBuf bytes) {
        plain(asked, bytes);
      } else {
        decoded(asked, message);
      }
    } catch (RuntimeException e) {
      crash(e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /// A fault of ours: the origin has no part in it.
  private void crash(RuntimeException cause) {
    log.atError().setCause(cause).log("internal error while a response was passed on");
    LoopRequest asked = request;
    free();
    close();
    if (asked != null) {
      asked.crashed(cause);
    }
  }

  /// Lets Netty read this response and all that follow.
  private void decode(ChannelHandlerContext context, ByteBuf bytes) {
    isDecoded = true;
    context
        .pipeline()
        .addFirst(
            new ExcessBytes(() -> stage != Stage.IDLE, this::close),
            new HttpResponseDecoder(origins.decoding()));
    context.pipeline().fireChannelRead(bytes);
  }

  // ---- plain responses

  private boolean isPlain(ByteBuf bytes) {
    byte[] in = origins.headBytes();
    int length = Math.min(in.length, bytes.readableBytes());
    bytes.getBytes(bytes.readerIndex(), in, 0, length);
    return origins.scan().isPlain(in, length);
  }

  private void plain(LoopRequest asked, ByteBuf bytes) {
    if (stage == Stage.HEAD) {
      ResponseScan scan = origins.scan();
      bytes.skipBytes(scan.end());
      bodyLeft = scan.contentLength();
      isKept = !scan.isLast();
      HttpFields fields = scan.fields();
      keepFor(scan.hasKeepAlive() ? fields.first("Keep-Alive") : Optional.empty());
      answered(asked, new ResponseHead(scan.status(), fields));
    }
    int length = (int) Math.min(bodyLeft, bytes.readableBytes());
    bodyLeft -= length;
    if (length > 0) {
      give(asked, bytes.readSlice(length));
    }
    if (bodyLeft == 0) {
      isKept &= !bytes.isReadable(); // more than it said (RFC 9112 §11.1)
      ended(asked);
    }
  }

  // ---- responses that Netty reads

  private void decoded(LoopRequest asked, Object message) {
    if (message instanceof HttpResponse response) {
      head(asked, response);
    }
    if (message instanceof HttpContent content) {
      content(asked, content);
    }
  }

  private void head(LoopRequest asked, HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      // If we closed it, the head that broke off is not what was wrong.
      Throwable cause = fault == null ? response.decoderResult().cause() : fault;
      fail(asked, OriginClient.failure(cause, OriginError.HTTP_RESPONSE_TIMEOUT));
      return;
    }
    ResponseHead head =
        new ResponseHead(response.status().code(), VertxFields.of(response.headers()));
    if (head.status() >= 100 && head.status() < 200 && head.status() != 101) {
      stage = Stage.INTERIM;
      LoopAnswer waiting = asked.answer();
      boolean isForwarded =
          OriginConnection.isForwardable(response) && interims++ < OriginConnection.MAX_FORWARDED;
      if (isForwarded && waiting != null) {
        waiting.interim(head);
      }
      return;
    }
    isKept = HttpUtil.isKeepAlive(response);
    keepFor(head.fields().first("Keep-Alive"));
    answered(asked, head);
  }

  private void content(LoopRequest asked, HttpContent content) {
    switch (stage) {
      case IDLE, HEAD -> {}
      case INTERIM -> {
        // The decoder ends each interim response with an empty last content.
        if (content instanceof LastHttpContent) {
          stage = Stage.HEAD;
        }
      }
      case BODY, HANDED_OVER -> {
        if (content.decoderResult().isFailure()) {
          fault = content.decoderResult().cause();
          close();
          return;
        }
        if (content.content().isReadable()) {
          give(asked, content.content());
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

  // ---- all responses

  /// @param keepAlive the field of that name, if there is one
  private void keepFor(Optional<String> keepAlive) {
    int seconds = keepAlive.isEmpty() ? -1 : HttpUtils.parseKeepAliveHeaderTimeout(keepAlive.get());
    // To leave first.
    idleNanos =
        seconds < 0
            ? LONGEST_IDLE_NANOS
            : TimeUnit.SECONDS.toNanos(seconds > 1 ? seconds - 1L : seconds);
    isKept &= seconds != 0;
  }

  /// The head of the final response.
  private void answered(LoopRequest asked, ResponseHead head) {
    asked.slot().answered(head.status());
    Optional<OriginOutcome.Failed> unusable = OriginClient.fault(head, false);
    if (unusable.isPresent()) {
      fail(asked, unusable.get());
      return;
    }
    var answered = new OriginOutcome.Answered(head, BodySource.EMPTY, asked.sent(), origins.now());
    LoopAnswer waiting = asked.answer();
    if (waiting != null && waiting.head(answered)) {
      stage = Stage.BODY;
      isMoving = true;
      deadline = 0;
    } else {
      handOver(asked, answered);
    }
  }

  private void give(LoopRequest asked, ByteBuf part) {
    isMoving = true;
    LoopAnswer waiting = asked.answer();
    if (body != null) {
      body.add(BufferInternal.safeBuffer(part.retainedSlice())); // copied: nobody releases it
    } else if (waiting != null) {
      waiting.body(part);
    }
  }

  /// The answer is whole.
  private void ended(LoopRequest asked) {
    LoopBody handedOver = body;
    HttpFields itsTrailers = trailers;
    hold(false);
    free();
    isFreeAfterRead = isKept; // unless bytes are left over
    if (!isKept) {
      close();
    }
    if (handedOver == null) {
      asked.ended();
    } else {
      handedOver.whole(itsTrailers);
    }
  }

  private void free() {
    stage = Stage.IDLE;
    request = null;
    body = null;
    trailers = HttpFields.none();
    isReused = true;
    deadline = origins.lastTick() + idleNanos;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (isFreeAfterRead) {
      isFreeAfterRead = false;
      if (isOpen()) {
        origins.giveBack(this);
      }
    }
    if (isMoving) {
      isMoving = false;
      expectBody();
    }
    LoopAnswer waiting = request == null ? null : request.answer();
    if (waiting != null && stage == Stage.BODY) {
      try {
        waiting.pause();
      } catch (RuntimeException e) {
        crash(e);
      }
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
          handedOver.broken(cause);
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
    deadline = 0; // the reader has his own
    LoopBody stream = new LoopBody(channel.eventLoop(), this::hold);
    body = stream;
    BodySource source =
        PulledStream.of(
            stream,
            Patience.ofIdle(asked.timeouts().idle()),
            () -> breakOff(stream),
            how -> OriginClient.tell(asked.slot(), how),
            stream::trailers);
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
    Loops.execute(
        channel.eventLoop(),
        () -> {
          if (body == unwanted) {
            close();
          }
        });
  }
}
