package io.forebay.proxy.origin;

import io.forebay.http.ResponseHead;
import io.forebay.proxy.VertxFields;
import io.forebay.proxy.socket.ForcedClose;
import io.forebay.proxy.socket.Loops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.impl.HttpUtils;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One connection to an origin, seen from between the codec and Vert.x's handler.
///
/// - Takes interim responses (1xx, RFC 9110 §15.2) out and hands them to the request under way,
///   because Vert.x knows only 100 and 103, and takes any other 1xx for the final response, so that
///   the connection is lost to what follows. 100 is the answer to an `Expect` and 101 changes the
///   protocol: both go by.
/// - Knows whether the connection has carried a request before: if so, the origin may have closed
///   it just as we sent ours.
/// - Closes the connection when more bytes come than the response announced ([ExcessBytes]).
/// - Shortens the origin's `Keep-Alive: timeout` by a second, to leave first.
final class OriginConnection extends ChannelInboundHandlerAdapter {

  /// Further ones before the same final response are dropped: no client needs them, and an origin
  /// must not make us write without end.
  static final int MAX_FORWARDED = 16;

  private static final String NAME = "origin-connection";
  // Vert.x's names.
  private static final String BEFORE = "handler";
  private static final String CODEC = "codec";

  private final Channel channel;
  private final AtomicReference<@Nullable Consumer<ResponseHead>> listener =
      new AtomicReference<>();
  private volatile @Nullable Object carried;
  private volatile boolean isReused;
  private volatile boolean isBusy;

  /// Whether it may hold bytes that no response announced.
  private volatile boolean isDoubtful;

  // Of the event loop.
  private int forwarded;
  private boolean dropping;
  private boolean isInterim;

  private OriginConnection(Channel channel) {
    this.channel = channel;
  }

  /// The one of a connection that carries one request at a time, put in place if need be.
  ///
  /// @param open counts the connection while it is open
  static OriginConnection of(Channel channel, AtomicInteger open) {
    ChannelPipeline pipeline = channel.pipeline();
    OriginConnection present = pipeline.get(OriginConnection.class);
    if (present != null) {
      return present;
    }
    OriginConnection added = new OriginConnection(channel);
    try {
      pipeline.addBefore(BEFORE, NAME, added);
      pipeline.addBefore(
          CODEC,
          NAME + "-bytes",
          new ExcessBytes(() -> added.isBusy, () -> added.isDoubtful = true));
    } catch (NoSuchElementException closedMeanwhile) {
      // What is sent on it fails, as on any connection that the origin gives up while it is idle.
      added.isReused = true;
    }
    open.incrementAndGet();
    channel.closeFuture().addListener(_ -> open.decrementAndGet());
    return added;
  }

  /// Whether no request may be sent on it any more: what comes next may not be its answer.
  boolean isDoubtful() {
    return isDoubtful;
  }

  /// A request begins: interim responses go to `consumer` until [#ended], on the event loop, where
  /// it must not wait.
  ///
  /// @return whether the connection has carried a request before
  boolean begun(Consumer<ResponseHead> consumer) {
    listener.set(consumer);
    carried = consumer;
    isBusy = true;
    boolean before = isReused;
    isReused = true;
    return before;
  }

  /// The request that `consumer` was for has its answer. Who says so may be late: with the answer's
  /// end the connection is another's, who may have begun by now.
  void ended(Consumer<ResponseHead> consumer) {
    listener.compareAndSet(consumer, null);
  }

  /// Breaks the request that `consumer` was for off, unless its answer is whole: who says so may be
  /// late, and then the connection is another's.
  ///
  /// @param reset closes the connection
  void breakOff(Consumer<ResponseHead> consumer, Runnable reset) {
    breakOff(consumer, reset, false);
  }

  /// Breaks the request that `consumer` was for off whose content is not all sent, whatever became
  /// of its answer: the connection can't be another's before.
  ///
  /// @param reset closes the connection
  void breakOffUpload(Consumer<ResponseHead> consumer, Runnable reset) {
    breakOff(consumer, reset, true);
  }

  @SuppressWarnings("ReferenceEquality") // the very one
  private void breakOff(Consumer<ResponseHead> consumer, Runnable reset, boolean evenIfAnswered) {
    Loops.execute(
        channel.eventLoop(),
        () -> {
          if (carried == consumer && (isBusy || evenIfAnswered)) {
            reset.run();
            // It waits for the origin to take what was written, which it may never do.
            ForcedClose.of(channel);
          }
        });
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpObject && !isBusy) { // nobody asked for it
      ReferenceCountUtil.release(message);
      var _ = context.close();
      return;
    }
    if (message instanceof HttpResponse response) {
      dropping = isForwardable(response);
      if (dropping) {
        handOver(response);
      } else {
        forwarded = 0;
        isInterim = response.status().code() < 200;
        leaveFirst(response.headers());
      }
    }
    if (!dropping) {
      if (message instanceof LastHttpContent && !isInterim) {
        isBusy = false;
      }
      super.channelRead(context, message);
      return;
    }
    // The codec ends each interim response with an empty last content.
    if (message instanceof HttpContent) {
      dropping = !(message instanceof LastHttpContent);
    }
    ReferenceCountUtil.release(message);
  }

  /// Vert.x lets go of an idle connection when the origin does, and then some requests meet a
  /// connection that is just being closed.
  private static void leaveFirst(HttpHeaders headers) {
    String keepAlive = headers.get("Keep-Alive");
    int timeout = keepAlive == null ? -1 : HttpUtils.parseKeepAliveHeaderTimeout(keepAlive);
    if (timeout > 1) {
      headers.set("Keep-Alive", "timeout=" + (timeout - 1));
    }
  }

  static boolean isForwardable(HttpResponse response) {
    int status = response.status().code();
    return response.decoderResult().isSuccess() && status > 101 && status < 200;
  }

  private void handOver(HttpResponse response) {
    Consumer<ResponseHead> consumer = listener.get();
    if (consumer == null || forwarded++ >= MAX_FORWARDED) {
      return;
    }
    consumer.accept(new ResponseHead(response.status().code(), VertxFields.of(response.headers())));
  }
}
