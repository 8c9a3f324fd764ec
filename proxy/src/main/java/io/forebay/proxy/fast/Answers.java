package io.forebay.proxy.fast;

import io.forebay.proxy.ExchangeMeter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Answers with fresh hits that are written together, and counted when their client has them.
///
/// Of one event loop, whose connections share it one after another: what a connection has appended
/// it takes before another comes.
public final class Answers {

  private static final int MOST_ANSWERS = 64;
  private static final int MOST_BYTES = 64 * 1024;
  private static final int FIRST_BYTES = 16 * 1024;

  /// How much more room than bytes a buffer may have that a socket holds, if it has grown.
  private static final int MOST_WASTE = 4;

  private @Nullable ByteBuf out;
  private boolean isTaken;
  private Uncounted uncounted = new Uncounted();

  /// Hits not counted yet, since their answers are on their way.
  public static final class Uncounted {
    private ExchangeMeter[] meters = new ExchangeMeter[4];
    private long[] bodyBytes = new long[4];
    private int count;
    private long sinceNanos;

    private void add(ExchangeMeter meter, long bytes, long nanoTime) {
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

    /// @param nanoTime when their client had them
    public void count(long nanoTime) {
      for (int i = 0; i < count; i++) {
        meters[i].count(nanoTime - sinceNanos, bodyBytes[i]);
      }
      count = 0;
    }
  }

  /// Where the next answer is appended.
  public ByteBuf out(ByteBufAllocator allocator) {
    if (out != null && isTaken && out.refCnt() > 1) { // a socket still writes it
      out.release();
      out = null;
    }
    if (out == null) {
      out = allocator.directBuffer(FIRST_BYTES);
    } else if (isTaken) {
      out.clear();
    }
    isTaken = false;
    return out;
  }

  /// Notes that an answer was appended.
  ///
  /// @param nanoTime when its request came
  public void note(ExchangeMeter meter, long bodyBytes, long nanoTime) {
    uncounted.add(meter, bodyBytes, nanoTime);
  }

  /// Whether it is time to write what was appended.
  public boolean isFull() {
    return uncounted.count >= MOST_ANSWERS || (out != null && out.readableBytes() >= MOST_BYTES);
  }

  public boolean hasUnwritten() {
    return out != null && !isTaken && out.isReadable();
  }

  /// The answers that were appended, to be written now.
  ///
  /// @param isMore whether answers of this connection are on their way already: a client that does
  ///   not take them shall not hold a whole buffer for each
  public ByteBuf takeOut(ByteBufAllocator allocator, boolean isMore) {
    ByteBuf appended = Objects.requireNonNull(out, "nothing was appended");
    isTaken = true;
    int bytes = appended.readableBytes();
    boolean isOversized = appended.capacity() > Math.max(FIRST_BYTES, MOST_WASTE * bytes);
    if (!isMore && !isOversized) {
      return appended.retain();
    }
    ByteBuf copy = allocator.directBuffer(bytes).writeBytes(appended);
    if (isOversized) { // the next ones are likely to be small too
      appended.release();
      out = null;
    }
    return copy;
  }

  public boolean hasUncounted() {
    return uncounted.count > 0;
  }

  /// Counts those whose client has them already.
  public void count(long nanoTime) {
    uncounted.count(nanoTime);
  }

  /// The hits that can't be counted yet, for a connection to keep.
  public Uncounted takeUncounted() {
    Uncounted taken = uncounted;
    uncounted = new Uncounted();
    return taken;
  }
}
