package io.forebay.server.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A request's body as it comes, for one reader that may wait. Of what it has not read yet,
/// [#MOST_BYTES] are held and about one read of the socket more; then the client waits.
final class RequestStream extends InputStream {

  static final int MOST_BYTES = 256 * 1024;

  private final HttpServerRequest request;
  private final Context context;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  // Under the lock.
  private final Deque<Buffer> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean paused;
  private boolean ended;
  private boolean broken;

  // The reader's own.
  private byte[] chunk = {};
  private int at;

  /// On the connection's event loop.
  RequestStream(HttpServerRequest request, Context context) {
    this.request = request;
    this.context = context;
    request.handler(this::arrive);
    request.endHandler(_ -> end(false));
    request.exceptionHandler(_ -> end(true));
  }

  private void arrive(Buffer buffer) {
    lock.lock();
    try {
      waiting.addLast(buffer);
      waitingBytes += buffer.length();
      if (waitingBytes >= MOST_BYTES && !paused) {
        paused = true;
        request.pause();
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  private void end(boolean early) {
    lock.lock();
    try {
      ended = true;
      broken = early;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Whether the client went away before its body was complete.
  boolean isBroken() {
    lock.lock();
    try {
      return broken;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == chunk.length && !next()) {
      return -1;
    }
    int taken = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, into, offset, taken);
    at += taken;
    return taken;
  }

  /// More than nothing unless it is over: gunzipping looks for another member only then.
  @Override
  public int available() {
    lock.lock();
    try {
      return at == chunk.length && waiting.isEmpty() && ended ? 0 : 1;
    } finally {
      lock.unlock();
    }
  }

  private boolean next() throws IOException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !ended) {
        arrived.await();
      }
      Buffer buffer = waiting.pollFirst();
      if (buffer == null) {
        if (broken) {
          throw new IOException("the client went away before the body was complete");
        }
        return false;
      }
      waitingBytes -= buffer.length();
      if (paused && waitingBytes < MOST_BYTES / 2) {
        paused = false;
        context.runOnContext(_ -> request.resume());
      }
      chunk = buffer.getBytes();
      at = 0;
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      lock.unlock();
    }
  }
}
