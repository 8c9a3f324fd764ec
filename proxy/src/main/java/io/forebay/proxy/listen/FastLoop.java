package io.forebay.proxy.listen;

import io.forebay.proxy.HitMeter;
import io.forebay.proxy.fast.FastPath;
import io.forebay.proxy.fast.FreshHits;
import io.forebay.proxy.fast.RequestScan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the connections of one event loop and one scheme share, one after another, to answer fresh
/// hits: room for a request's bytes and for answers, and the hits not yet counted.
final class FastLoop {

  /// What is written at once.
  private static final int MOST_ANSWERS = 64;

  private static final int MOST_BYTES = 64 * 1024;

  private static final int IN_BYTES = 64 * 1024;
  private static final int OUT_BYTES = 16 * 1024;

  final FastPath path;
  final FreshHits hits;
  final RequestScan scan;
  final byte[] in = new byte[IN_BYTES];
  private @Nullable ByteBuf out;
  private boolean isTaken;
  private Answered answered = new Answered();

  /// Hits not counted yet, since their answers are on their way.
  static final class Answered {
    private HitMeter[] meters = new HitMeter[4];
    private long[] bodyBytes = new long[4];
    private int count;
    private long sinceNanos;

    private void add(HitMeter meter, long bytes, long nanoTime) {
      if (count == meters.length) {
        meters = Arrays.copyOf(meters, 2 * count);
        bodyBytes = Arrays.copyOf(bodyBytes, 2 * count);
      }
      if (count == 0) {
        sinceNanos = nanoTime;
      }
      meters[count] = meter;
      bodyBytes[count++] = bytes;
    }

    void count(long nanoTime) {
      for (int i = 0; i < count; i++) {
        meters[i].hit(nanoTime - sinceNanos, bodyBytes[i]);
      }
      count = 0;
    }
  }

  FastLoop(FastPath path, String scheme, int maxHeaderBytes) {
    this.path = path;
    this.hits = new FreshHits(path, scheme, "1.1");
    this.scan = new RequestScan(Math.min(maxHeaderBytes, IN_BYTES / 2));
  }

  /// Where the next answer is appended.
  ByteBuf out(ByteBufAllocator allocator) {
    if (out != null && isTaken && out.refCnt() > 1) { // a socket still writes it
      out.release();
      out = null;
    }
    if (out == null) {
      out = allocator.directBuffer(OUT_BYTES);
    } else if (isTaken) {
      out.clear();
    }
    isTaken = false;
    return out;
  }

  /// The answers that were appended, to be written now.
  ByteBuf takeOut() {
    isTaken = true;
    return Objects.requireNonNull(out, "nothing was appended").retain();
  }

  boolean hasUnwritten() {
    return out != null && !isTaken && out.isReadable();
  }

  boolean hasUncounted() {
    return answered.count > 0;
  }

  /// Whether it is time to write what was appended.
  boolean isFull() {
    return answered.count >= MOST_ANSWERS || (out != null && out.readableBytes() >= MOST_BYTES);
  }

  void noteAnswer(long nanoTime) {
    answered.add(hits.meter(), hits.body().length, nanoTime);
  }

  void countAnswers(long nanoTime) {
    answered.count(nanoTime);
  }

  /// The hits that can't be counted yet, for a connection to keep.
  Answered takeAnswered() {
    Answered taken = answered;
    answered = new Answered();
    return taken;
  }
}
