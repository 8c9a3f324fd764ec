package io.forebay.proxy.origin;

import io.forebay.http.HttpFields;
import io.forebay.proxy.socket.Loops;
import io.netty.channel.EventLoop;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The body of an answer that was handed over, as a stream that its reader asks for chunk by chunk.
/// It is paused at first. What was not asked for yet is kept, and then the connection is not read.
final class LoopBody implements ReadStream<Buffer> {

  /// Kept before the connection is no longer read.
  private static final int KEPT_CHUNKS = 4;

  private final EventLoop loop;
  private final Consumer<Boolean> hold;
  private final Deque<Buffer> kept = new ArrayDeque<>();
  private long wanted;
  private boolean isOver;
  private @Nullable Throwable broken;
  private HttpFields trailers = HttpFields.none();
  private boolean isTold;
  private @Nullable Handler<Buffer> onChunk;
  private @Nullable Handler<Void> onEnd;
  private @Nullable Handler<Throwable> onBroken;

  /// @param hold whether the connection is not to be read
  LoopBody(EventLoop loop, Consumer<Boolean> hold) {
    this.loop = loop;
    this.hold = hold;
  }

  /// One more chunk.
  void add(Buffer chunk) {
    kept.add(chunk);
    deliver();
  }

  /// It came to its proper end.
  void whole(HttpFields itsTrailers) {
    isOver = true;
    trailers = itsTrailers;
    deliver();
  }

  /// Nothing more comes.
  void broken(Throwable cause) {
    isOver = true;
    broken = cause;
    deliver();
  }

  /// Those of the whole body.
  HttpFields trailers() {
    return trailers;
  }

  private void deliver() {
    while (wanted > 0 && !kept.isEmpty()) {
      wanted--;
      Buffer chunk = kept.remove();
      if (onChunk != null) {
        onChunk.handle(chunk);
      }
    }
    if (isOver && !isTold && kept.isEmpty()) {
      isTold = true;
      if (broken == null && onEnd != null) {
        onEnd.handle(null);
      } else if (broken != null && onBroken != null) {
        onBroken.handle(broken);
      }
    }
    if (!isOver) {
      hold.accept(kept.size() >= KEPT_CHUNKS);
    }
  }

  @Override
  public ReadStream<Buffer> fetch(long amount) {
    if (loop.inEventLoop()) {
      wanted += amount;
      deliver();
    } else {
      Loops.execute(loop, () -> fetch(amount));
    }
    return this;
  }

  @Override
  public ReadStream<Buffer> pause() {
    wanted = 0;
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
    onChunk = handler;
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
    onEnd = handler;
    return this;
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
    onBroken = handler;
    return this;
  }
}
