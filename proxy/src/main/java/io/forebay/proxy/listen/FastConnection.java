package io.forebay.proxy.listen;

import io.forebay.proxy.PassedExchange;
import io.forebay.proxy.fast.Answers;
import io.forebay.proxy.fetch.Ahead;
import io.forebay.proxy.scan.RequestScan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.AttributeKey;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Stands before the HTTP codec of one connection. It answers fresh hits itself, passes requests
/// through whose responses are not for the store ([PassedExchange]), and lends every other request
/// to the codec and the general path behind it, its bytes untouched.
///
/// **Order.** Requests are passed or lent one at a time, and nothing is answered meanwhile, so
/// answers leave in the order of their requests.
///
/// **One reading of the bytes.** A request is lent only when its end is certain, and the codec must
/// find the same end ([CodecWatch]). When the end is not certain (chunks, an upgrade, odd syntax),
/// or the codec found another, the connection is the codec's *for good*. So nothing is ever taken
/// for a request here that is a part of one there.
///
/// **Bounds.** Of a client that sends ahead, `HELD_BYTES` and one read are kept; then it is not
/// read from. To a client that does not take its answers no more is written until it has; meanwhile
/// it counts as an exchange under way.
///
/// Of the connection's event loop.
final class FastConnection extends ChannelInboundHandlerAdapter implements PassedExchange.Client {

  private static final String NAME = "fast";
  // Vert.x's names.
  private static final String CODEC = ConnectionSetup.DECODER;
  private static final String HANDLER = "handler";

  /// Kept of what a client sends before its turn.
  private static final int HELD_BYTES = 64 * 1024;

  /// A head that comes in more pieces is the codec's, since each makes it be read again.
  private static final int MOST_PIECES = 8;

  /// A head whose rest does not come is the codec's, which has a limit for that.
  private static final long PATIENCE_MILLIS = 500;

  private static final AttributeKey<Ahead> AHEAD = AttributeKey.valueOf(Ahead.class, "of");

  private enum Turn {
    /// The next byte begins a request, which may be answered here.
    OURS,
    /// A request is being passed through.
    PASSED,
    /// The codec has a request.
    LENT,
    /// All is the codec's.
    GONE
  }

  /// How many exchanges may be under way.
  interface ExchangeBound {

    /// Whether one more might begin.
    boolean hasRoom();

    /// One that takes longer, whether there is room or not.
    void begin();

    void end();
  }

  private final Channel channel;
  private final FastLoop loop;
  private final ExchangeBound bound;
  private final CodecWatch watch = new CodecWatch(this::codecIsFree);
  private final @Nullable IdleStateHandler idle;
  private Turn turn = Turn.OURS;
  private @Nullable ByteBuf held;
  private int pieces;
  // Heads whose rest was waited for.
  private long heads;
  // Of the lent request's body, what the codec has not got yet.
  private long bodyLeft;
  private int draining;
  private boolean isReading = true;
  private boolean hasPassedOn;
  private @Nullable String peer;
  private @Nullable ChannelHandlerContext place;
  private @Nullable PassedExchange passed;

  // The request that is passed, in case it is to be lent after all.
  private @Nullable ByteBuf passedRequest;

  private FastConnection(Channel channel, FastLoop loop, ExchangeBound bound) {
    this.channel = channel;
    this.loop = loop;
    this.bound = bound;
    this.idle = channel.pipeline().get(IdleStateHandler.class);
  }

  /// Puts one before the codec of a connection that has carried nothing yet; on its event loop.
  static void install(Channel channel, FastLoop loop, ExchangeBound bound) {
    FastConnection fast = new FastConnection(channel, loop, bound);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addBefore(CODEC, NAME, fast);
    pipeline.addBefore(HANDLER, NAME + "-watch", fast.watch);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    place = context;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    place = null;
    letGo();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    letGo();
    super.channelInactive(context);
  }

  private void letGo() {
    if (held != null) {
      held.release();
      held = null;
    }
    PassedExchange left = passedIsOver();
    if (left != null) {
      bound.end();
      left.gone();
    }
  }

  // ---- reading

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (turn == Turn.GONE || !(message instanceof ByteBuf bytes)) {
      hasPassedOn = true;
      context.fireChannelRead(message);
      return;
    }
    proceed(context, bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    flush(context);
    if (hasPassedOn) {
      hasPassedOn = false;
      context.fireChannelReadComplete();
    }
  }

  /// Deals with what came, as far as it is its turn, and keeps the rest.
  private void proceed(ChannelHandlerContext context, ByteBuf more) {
    ByteBuf bytes = more;
    if (held != null) {
      bytes = held.writeBytes(more);
      held = null;
      more.release();
    }
    try {
      boolean moves = true;
      while (moves && bytes.isReadable()) {
        moves =
            switch (turn) {
              case OURS -> !isDraining() && takeRequests(context, bytes);
              case PASSED -> false;
              case LENT -> bodyLeft > 0 && lendBody(context, bytes);
              case GONE -> giveAll(context, bytes);
            };
      }
      if (bytes.isReadable()) {
        keep(bytes);
      }
    } finally {
      bytes.release();
    }
  }

  private void keep(ByteBuf bytes) {
    boolean isWasteful = bytes.capacity() > 2 * bytes.readableBytes();
    held =
        isWasteful
            ? channel.alloc().buffer(bytes.readableBytes()).writeBytes(bytes)
            : bytes.retain();
    if (isDraining() || held.readableBytes() > HELD_BYTES) {
      read(false);
    }
  }

  private void read(boolean on) {
    if (isReading != on) {
      isReading = on;
      channel.config().setAutoRead(on);
    }
  }

  /// Goes on with what was kept.
  private void resume(ChannelHandlerContext context) {
    ByteBuf kept = held;
    held = null;
    if (kept != null) {
      proceed(context, kept);
    }
    channelReadComplete(context);
    read(!isDraining() && (held == null || held.readableBytes() <= HELD_BYTES));
  }

  // ---- our turn

  /// @return whether there is more to do
  private boolean takeRequests(ChannelHandlerContext context, ByteBuf bytes) {
    byte[] in = loop.in;
    int available = Math.min(bytes.readableBytes(), in.length);
    bytes.getBytes(bytes.readerIndex(), in, 0, available);
    long now = loop.path.time().nanoTime();
    RequestScan scan = loop.scan;
    int at = 0;
    while (at < available && !isDraining()) {
      RequestScan.Verdict verdict = scan.scan(in, at, available);
      boolean isAnswered = verdict == RequestScan.Verdict.PLAIN && isAnswered(now);
      if (!isAnswered) {
        bytes.skipBytes(at);
        return switch (verdict) {
          case PLAIN, OTHER -> {
            int headBytes = scan.end() - at;
            boolean isPlain = verdict == RequestScan.Verdict.PLAIN;
            yield passThrough(context, bytes, headBytes, isPlain)
                || lend(context, bytes, headBytes, scan.contentLength());
          }
          case UNCERTAIN -> give(context);
          case INCOMPLETE -> awaitRest(context, available < bytes.readableBytes());
        };
      }
      at = scan.end();
      pieces = 0;
      if (loop.answers.isFull()) {
        flush(context);
      }
    }
    bytes.skipBytes(at);
    return true;
  }

  /// @param hasMore whether there are bytes that were not looked at
  private boolean awaitRest(ChannelHandlerContext context, boolean hasMore) {
    if (++pieces > MOST_PIECES) {
      return give(context);
    }
    if (pieces == 1 && !hasMore) {
      long awaited = ++heads;
      var _ =
          context
              .executor()
              .schedule(
                  () -> {
                    if (turn == Turn.OURS && pieces > 0 && heads == awaited && !isDraining()) {
                      give(context);
                      resume(context);
                    }
                  },
                  PATIENCE_MILLIS,
                  TimeUnit.MILLISECONDS);
    }
    return hasMore;
  }

  private boolean isAnswered(long now) {
    if (!bound.hasRoom()) {
      return false;
    }
    ByteBuf out = loop.answers.out(channel.alloc());
    int before = out.writerIndex();
    boolean isAnswered = false;
    try {
      if (loop.hits.find(loop.scan, this::peer, (_, _) -> true, now)) {
        loop.hits.write(out);
        isAnswered = true;
      }
      return isAnswered;
    } finally {
      if (isAnswered) {
        loop.answers.note(loop.hits.meter(), loop.hits.body().length, now);
      } else {
        out.writerIndex(before);
      }
    }
  }

  private String peer() {
    if (peer == null) {
      peer = ClientConnection.of(channel).hop();
    }
    return peer;
  }

  /// Writes what was answered, in its place before whatever follows.
  private void write(ChannelHandlerContext context) {
    if (loop.answers.hasUnwritten()) {
      var _ = context.write(loop.answers.takeOut(channel.alloc(), false), context.voidPromise());
    }
  }

  private void flush(ChannelHandlerContext context) {
    write(context);
    if (!loop.answers.hasUncounted()) {
      return;
    }
    context.flush();
    resetIdle();
    if (hasTakenAll()) {
      loop.answers.count(loop.path.time().nanoTime());
    } else {
      Answers.Uncounted answered = loop.answers.takeUncounted();
      bound.begin();
      drain(context, _ -> answered.count(loop.path.time().nanoTime()));
    }
  }

  /// It stands behind the codec and has seen nothing of what is done here.
  private void resetIdle() {
    if (idle != null) {
      idle.resetReadTimeout();
    }
  }

  private boolean isDraining() {
    return draining > 0;
  }

  private boolean hasTakenAll() {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending == null || pending.isEmpty();
  }

  /// Waits until the client has taken its answers, which count as an exchange.
  ///
  /// @param then hears whether it has, or is gone
  private void drain(ChannelHandlerContext context, Consumer<Boolean> then) {
    draining++;
    read(false);
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> {
          draining--;
          bound.end();
          then.accept(written.isSuccess());
          resetIdle();
          context.executor().execute(() -> resume(context));
        });
  }

  // ---- a request that is passed through

  private boolean passThrough(
      ChannelHandlerContext context, ByteBuf bytes, int headBytes, boolean isPlain) {
    PassedExchange begun = bound.hasRoom() ? loop.passThrough(isPlain, channel, this) : null;
    if (begun == null) {
      return false;
    }
    write(context);
    pieces = 0;
    turn = Turn.PASSED;
    passed = begun;
    passedRequest = channel.alloc().buffer(headBytes).writeBytes(bytes, headBytes);
    bound.begin();
    resetIdle();
    begun.start();
    return true;
  }

  /// @return the one that was passed; null if there is none any more
  private @Nullable PassedExchange passedIsOver() {
    PassedExchange over = passed;
    passed = null;
    if (passedRequest != null) {
      passedRequest.release();
      passedRequest = null;
    }
    if (over != null) {
      turn = Turn.OURS;
    }
    return over;
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  @Override
  public void write(ByteBuf bytes) {
    ChannelHandlerContext context = place;
    if (context == null) {
      bytes.release();
    } else {
      var _ = context.write(bytes, context.voidPromise());
    }
  }

  @Override
  public void flush() {
    ChannelHandlerContext context = place;
    if (context != null) {
      context.flush();
      resetIdle();
    }
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void abort() {
    if (passedIsOver() != null) {
      bound.end();
    }
    var _ = channel.close();
  }

  @Override
  public void ended() {
    flush();
    PassedExchange over = passedIsOver();
    ChannelHandlerContext context = place;
    if (over == null || context == null) {
      return;
    }
    if (hasTakenAll()) {
      bound.end();
      over.recordAnswer(channel.isActive());
      resumeSoon(context);
    } else {
      drain(context, over::recordAnswer);
    }
  }

  @Override
  public void handOver(Ahead ahead) {
    channel.eventLoop().execute(() -> lendPassed(ahead));
  }

  /// Lends the request that was passed to the codec.
  private void lendPassed(Ahead ahead) {
    ChannelHandlerContext context = place;
    if (passed == null || passedRequest == null || context == null) {
      ahead.drop();
      return;
    }
    ByteBuf request = passedRequest.retain();
    try {
      var _ = passedIsOver();
      channel.attr(AHEAD).set(ahead);
      lend(context, request, request.readableBytes(), 0);
    } finally {
      request.release();
      takeAhead(channel)
          .ifPresent(left -> {
            left.drop();
            bound.end();
          });
    }
    channelReadComplete(context);
  }

  /// Whether the request that the codec has just got was begun before, so that it counts already.
  static boolean isBegun(Channel channel) {
    return channel.attr(AHEAD).get() != null;
  }

  /// What was begun of that request. Whoever takes it ends the exchange that counts.
  static Optional<Ahead> takeAhead(Channel channel) {
    return Optional.ofNullable(channel.attr(AHEAD).getAndSet(null));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    if (passed != null) {
      resetIdle();
      passed.writabilityChanged();
    }
    super.channelWritabilityChanged(context);
  }

  // ---- the codec's turn

  private boolean lend(
      ChannelHandlerContext context, ByteBuf bytes, int headBytes, long contentLength) {
    write(context);
    pieces = 0;
    turn = Turn.LENT;
    bodyLeft = contentLength;
    watch.begin();
    pass(context, bytes.readRetainedSlice(headBytes));
    return true;
  }

  private boolean lendBody(ChannelHandlerContext context, ByteBuf bytes) {
    int length = (int) Math.min(bodyLeft, bytes.readableBytes());
    bodyLeft -= length;
    pass(context, bytes.readRetainedSlice(length));
    return true;
  }

  /// Passes a part of the lent request on, and sees whether the codec takes it for just that.
  private void pass(ChannelHandlerContext context, ByteBuf part) {
    hasPassedOn = true;
    part.retain();
    try {
      context.fireChannelRead(part);
      boolean isAgreed = !part.isReadable() && watch.hasOneRequest(bodyLeft == 0);
      if (!isAgreed) {
        turn = Turn.GONE;
      }
    } finally {
      part.release();
    }
  }

  /// The lent request is answered.
  private void codecIsFree() {
    if (turn != Turn.LENT) {
      return;
    }
    turn = watch.isLast() || bodyLeft > 0 ? Turn.GONE : Turn.OURS;
    ChannelHandlerContext context = place;
    if (context != null) {
      resumeSoon(context);
    }
  }

  private void resumeSoon(ChannelHandlerContext context) {
    if (held != null || !isReading) {
      context.executor().execute(() -> resume(context));
    }
  }

  private boolean give(ChannelHandlerContext context) {
    write(context);
    turn = Turn.GONE;
    return true;
  }

  private boolean giveAll(ChannelHandlerContext context, ByteBuf bytes) {
    hasPassedOn = true;
    context.fireChannelRead(bytes.readRetainedSlice(bytes.readableBytes()));
    return true;
  }
}
