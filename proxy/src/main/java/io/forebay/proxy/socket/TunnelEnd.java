package io.forebay.proxy.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// One side of a tunnel: a connection that no longer speaks HTTP.
public final class TunnelEnd {

  private final NetSocket socket;
  private final Channel channel;
  private final Context context;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicLong delivered = new AtomicLong();

  private TunnelEnd(NetSocket socket, Channel channel, Context context) {
    this.socket = socket;
    this.channel = channel;
    this.context = context;
  }

  /// Takes a connection over and pauses it; in its context, before anything behind the head was
  /// delivered. From here on its end is noticed, which Vert.x tells only those who listen already.
  ///
  /// @param channel the connection's
  public static TunnelEnd of(NetSocket socket, Channel channel) {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("not on an event loop");
    }
    socket.pause();
    TunnelEnd end = new TunnelEnd(socket, channel, context);
    socket.exceptionHandler(_ -> end.ended.complete(null));
    socket.endHandler(_ -> end.ended.complete(null));
    return end;
  }

  ReadStream<Buffer> in() {
    return socket;
  }

  WriteStream<Buffer> out() {
    return socket;
  }

  /// Who gets what comes.
  void deliverTo(Consumer<Buffer> handler) {
    socket.handler(chunk -> {
      delivered.incrementAndGet();
      handler.accept(chunk);
    });
  }

  /// Whether the other side has closed. What it sent before may still be waiting here.
  boolean hasEnded() {
    return ended.isDone();
  }

  /// Runs it once the other side has closed and all that it sent has been delivered, to somebody
  /// who does not pause any more.
  void onEnd(Runnable action) {
    var _ =
        ended.thenRun(() -> {
          socket.resume();
          whenDelivered(action);
        });
  }

  /// What was read waits with the connection and with the stream, each on an event loop of its own,
  /// which pass it on in turns. It is all delivered when a round through both brought nothing.
  private void whenDelivered(Runnable action) {
    long before = delivered.get();
    Loops.execute(
        channel.eventLoop(),
        () ->
            context.runOnContext(_ -> {
              if (delivered.get() == before) {
                action.run();
              } else {
                whenDelivered(action);
              }
            }));
  }

  /// Ends the connection, behind what was written to it; idempotent.
  void close() {
    var _ = channel.close();
  }

  /// Whether it is closed, now or in so long.
  boolean isClosedWithin(Duration patience) throws InterruptedException {
    return channel.closeFuture().await(patience.toMillis());
  }

  /// Bytes that it was to take before its end and has not.
  long untaken() {
    ChannelOutboundBuffer written = channel.unsafe().outboundBuffer();
    return written == null ? 0 : written.totalPendingWriteBytes();
  }

  /// Ends the connection at once; idempotent.
  public void cutOff() {
    ForcedClose.of(channel);
  }
}
