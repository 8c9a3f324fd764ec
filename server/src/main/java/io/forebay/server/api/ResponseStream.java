package io.forebay.server.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// An answer's body as it is made, by one writer that may wait: it waits until the client has taken
/// all but the last chunk of 64 KiB, so two are held at most.
final class ResponseStream extends OutputStream {

  private static final int CHUNK_BYTES = 64 * 1024;

  private final HttpServerResponse response;
  private final Context context;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int length;
  private long sentBytes;
  private volatile CompletableFuture<Void> previous = CompletableFuture.completedFuture(null);

  ResponseStream(HttpServerResponse response, Context context) {
    this.response = response;
    this.context = context;
  }

  long sentBytes() {
    return sentBytes;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int done = 0;
    while (done < count) {
      if (length == CHUNK_BYTES) {
        send();
      }
      int taken = Math.min(count - done, CHUNK_BYTES - length);
      System.arraycopy(bytes, offset + done, chunk, length, taken);
      length += taken;
      done += taken;
    }
  }

  private void send() throws IOException {
    awaitPrevious();
    Buffer buffer = Buffer.buffer(Arrays.copyOf(chunk, length));
    sentBytes += length;
    length = 0;
    var written = new CompletableFuture<Void>();
    previous = written;
    context.runOnContext(_ ->
        response
            .write(buffer)
            .onComplete(
                _ -> written.complete(null), failure -> written.completeExceptionally(failure)));
  }

  /// A connection that is closed, also for being idle, fails the write.
  private void awaitPrevious() throws IOException {
    try {
      previous.get();
    } catch (ExecutionException e) {
      throw new IOException("the client went away", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// Sends what is left; returns when the client has it, as far as one can know.
  void finish() throws IOException {
    if (length > 0) {
      send();
    }
    awaitPrevious();
  }
}
