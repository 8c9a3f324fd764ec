package io.forebay.proxy.body;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.CompletableFuture;

/// One side of a tunnel: a connection that no longer speaks HTTP.
public final class TunnelEnd {

  private final NetSocket socket;
  private final Context context;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private TunnelEnd(NetSocket socket, Context context) {
    this.socket = socket;
    this.context = context;
  }

  /// Takes a connection over and pauses it; on its event loop, before anything behind the head was
  /// delivered. From here on its end is noticed, which Vert.x tells only those who listen already.
  public static TunnelEnd of(NetSocket socket) {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("not on an event loop");
    }
    socket.pause();
    TunnelEnd end = new TunnelEnd(socket, context);
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

  /// Whether the other side has closed. What it sent before may still be waiting here.
  boolean hasEnded() {
    return ended.isDone();
  }

  /// Runs it once the other side has closed and all that it sent has been delivered; there must be
  /// a handler for that, which no longer pauses.
  void onEnd(Runnable action) {
    var _ =
        ended.thenRun(() -> {
          socket.resume();
          // Delivery is a task of the event loop too, and comes first.
          context.runOnContext(_ -> action.run());
        });
  }

  /// Ends the connection, behind what was written to it; idempotent.
  public void close() {
    var _ = socket.close();
  }
}
