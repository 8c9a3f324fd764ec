package io.forebay.proxy.listen.http2;

import io.forebay.http.HttpFields;
import io.forebay.proxy.body.BodySource;
import io.forebay.proxy.body.Patience;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A request's content, from its stream's event loop to a virtual thread.
///
/// What was not taken yet lies in one buffer, however small the frames were that it came in, and is
/// never more than the stream's flow-control window: the client may send more only when something
/// was taken (RFC 9113 §5.2).
final class Http2Body implements BodySource {

  private final Patience patience;
  private final IntConsumer taken;
  private final Runnable onCancel;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  // All guarded by the lock.
  private Buffer waiting = Buffer.buffer();
  private HttpFields trailers = HttpFields.none();
  private boolean isWhole;
  private boolean isRead;
  private boolean isCancelled;
  private @Nullable String fault;

  /// @param patience how long the reader waits
  /// @param taken told how many bytes were taken, so that the client may send as many more
  /// @param onCancel called once when the rest is not wanted
  Http2Body(Patience patience, IntConsumer taken, Runnable onCancel) {
    this.patience = patience;
    this.taken = taken;
    this.onCancel = onCancel;
  }

  /// More content; on the event loop.
  ///
  /// @return how many of the bytes will never be reported as taken
  int received(ByteBuf content) {
    int length = content.readableBytes();
    lock.lock();
    try {
      if (isCancelled) {
        return length;
      }
      byte[] bytes = new byte[length];
      content.readBytes(bytes);
      waiting.appendBytes(bytes);
      news.signal();
      return 0;
    } finally {
      lock.unlock();
    }
  }

  /// Its proper end; on the event loop.
  void ended(HttpFields trailerFields) {
    lock.lock();
    try {
      isWhole = true;
      trailers = trailerFields;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing more comes; no matter if it has ended.
  void broken(String why) {
    lock.lock();
    try {
      if (!isWhole && fault == null) {
        fault = why;
      }
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable Buffer next() throws IOException {
    Buffer chunk = await();
    if (chunk != null) {
      taken.accept(chunk.length());
    }
    return chunk;
  }

  private @Nullable Buffer await() throws IOException {
    long waited = 0;
    lock.lock();
    try {
      while (true) {
        if (isCancelled) {
          throw new IOException("the body was cancelled");
        }
        if (waiting.length() > 0) {
          Buffer chunk = waiting;
          waiting = Buffer.buffer();
          patience.came(chunk.length(), waited);
          return chunk;
        }
        if (isWhole) {
          isRead = true;
          return null;
        }
        if (fault != null) {
          throw new IOException("the body broke off: " + fault);
        }
        long left = patience.nanos() - waited;
        if (left <= 0) {
          break;
        }
        waited += left - news.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the body", e);
    } finally {
      lock.unlock();
    }
    cancel();
    throw new IOException(patience.fault(waited));
  }

  @Override
  public HttpFields trailers() {
    lock.lock();
    try {
      return trailers;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void cancel() {
    lock.lock();
    try {
      if (isCancelled || isRead) {
        return;
      }
      isCancelled = true;
      waiting = Buffer.buffer();
      news.signal();
    } finally {
      lock.unlock();
    }
    onCancel.run();
  }

  /// Whether all of it is here or has been read.
  boolean isWhole() {
    lock.lock();
    try {
      return isWhole;
    } finally {
      lock.unlock();
    }
  }
}
