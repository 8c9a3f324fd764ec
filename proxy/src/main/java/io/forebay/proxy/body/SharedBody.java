package io.forebay.proxy.body;

import io.forebay.http.HttpFields;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A body that one producer fills while any number of readers read it, each from its beginning.
///
/// It is in one of two modes. While it is **kept**, every byte stays, so that it can be stored in
/// the end and readers may join at any time; the producer need not wait for anyone. When it grows
/// over `keepLimit`, or the [FillBudget] is used up, it is **passing** for good: it only holds the
/// bytes between the slowest reader and the producer, at most `WINDOW_BYTES` beyond what was held,
/// so the slowest reader sets the pace; nobody can join, and nothing will be stored. A body that is
/// not to be stored starts passing.
///
/// A reader of a passing body that has taken nothing for `PATIENCE` while another waits for more is
/// let go: its client gets a body that breaks off, the others get theirs. A lone reader that stalls
/// is ended by its client's write timeout.
///
/// What the body took from the budget is given back when its bytes are held no more: once the store
/// has them and the readers read from there ([#liesIn]), or when the last reader is done.
///
/// Thread-safe; methods that wait are for virtual threads.
public final class SharedBody {

  /// How far the producer may be ahead of the slowest reader of a passing body.
  static final int WINDOW_BYTES = 256 * 1024;

  /// What a reader takes at a time, so that it shows whether it moves.
  private static final int BATCH_BYTES = 64 * 1024;

  /// What a held chunk costs beside its bytes, so that a body of tiny chunks is bounded too.
  static final int CHUNK_OVERHEAD_BYTES = 128;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final long keepLimit;
  private final FillBudget budget;
  private final long patienceNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Buffer> chunks = new ArrayList<>();
  private final Set<Reader> readers = new HashSet<>();

  /// Index, in the whole body, of the first chunk that is still held.
  private long firstHeld;

  private long heldBytes;
  private long budgetBytes;
  private boolean kept;
  private boolean isOverLimit;
  private boolean isSettled;
  private HttpFields trailers = HttpFields.none();
  private State state = new State.Filling();

  private sealed interface State {
    record Filling() implements State {}

    record Complete() implements State {}

    record Broken(IOException cause) implements State {}
  }

  private SharedBody(boolean kept, long keepLimit, FillBudget budget, Duration patience) {
    this.kept = kept;
    this.keepLimit = keepLimit;
    this.budget = budget;
    this.patienceNanos = patience.toNanos();
  }

  /// A body that is to be stored if it stays within `keepLimit` bytes.
  public static SharedBody kept(long keepLimit, FillBudget budget) {
    return kept(keepLimit, budget, PATIENCE);
  }

  static SharedBody kept(long keepLimit, FillBudget budget, Duration patience) {
    return new SharedBody(true, keepLimit, budget, patience);
  }

  /// A body that only passes through.
  public static SharedBody passing(FillBudget budget) {
    return new SharedBody(false, 0, budget, PATIENCE);
  }

  /// Adds a chunk; waits while a passing body is a window ahead of its slowest reader.
  ///
  /// @return whether anybody still wants the rest: a reader, or the store
  public boolean write(Buffer chunk) throws InterruptedException {
    int bytes = chunk.length();
    lock.lock();
    try {
      if (kept) {
        takeFromBudget(bytes);
      }
      while (!kept && !readers.isEmpty() && heldBytes > 0 && heldBytes + bytes > WINDOW_BYTES) {
        long patience = patienceWithSlowest();
        if (patience > 0) {
          var _ = changed.awaitNanos(patience);
        }
      }
      if (!kept && readers.isEmpty()) {
        return false;
      }
      chunks.add(chunk);
      heldBytes += bytes;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void takeFromBudget(int bytes) {
    isOverLimit = heldBytes + bytes > keepLimit;
    if (isOverLimit || !budget.tryTake(bytes + CHUNK_OVERHEAD_BYTES)) {
      kept = false;
      dropWhatAllHaveRead();
    } else {
      budgetBytes += bytes + CHUNK_OVERHEAD_BYTES;
    }
  }

  /// How much longer to wait for some reader to move, in nanoseconds. Those who have kept others
  /// waiting for too long are let go; then zero.
  private long patienceWithSlowest() {
    long slowest = Long.MAX_VALUE;
    long fastest = 0;
    for (Reader reader : readers) {
      slowest = Math.min(slowest, reader.nextChunk);
      fastest = Math.max(fastest, reader.nextChunk);
    }
    boolean keepsOthersWaiting = fastest == firstHeld + chunks.size() && slowest < fastest;
    if (!keepsOthersWaiting) {
      return Long.MAX_VALUE;
    }
    long now = System.nanoTime();
    long nearest = patienceNanos;
    List<Reader> stalled = new ArrayList<>();
    for (Reader reader : readers) {
      long left = reader.tookNanos + patienceNanos - now;
      if (reader.nextChunk == slowest && left <= 0) {
        stalled.add(reader);
      } else if (reader.nextChunk == slowest) {
        nearest = Math.min(nearest, left);
      }
    }
    stalled.forEach(reader -> reader.leave("others waited for this reader, which took nothing"));
    return stalled.isEmpty() ? nearest : 0;
  }

  /// The body's proper end.
  ///
  /// @param itsTrailers as they may be passed on
  public void complete(HttpFields itsTrailers) {
    lock.lock();
    try {
      trailers = itsTrailers;
    } finally {
      lock.unlock();
    }
    end(new State.Complete());
  }

  /// The same, without trailers.
  public void complete() {
    complete(HttpFields.none());
  }

  /// The trailers of a complete body.
  public HttpFields trailers() {
    lock.lock();
    try {
      return trailers;
    } finally {
      lock.unlock();
    }
  }

  /// Whether it is not kept because it outgrew the limit, and not because the budget was used up.
  public boolean isOverLimit() {
    lock.lock();
    try {
      return isOverLimit;
    } finally {
      lock.unlock();
    }
  }

  /// The body broke off: every reader gets this once it has read what came before.
  public void breakOff(IOException cause) {
    end(new State.Broken(cause));
  }

  private void end(State end) {
    lock.lock();
    try {
      state = end;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What a body has come to.
  public enum Progress {
    /// It is kept, and more of it comes.
    FILLING,
    /// It is not kept: its readers must take it as it comes.
    PASSING,
    WHOLE,
    BROKEN
  }

  /// Waits until the body is whole or broken, while it is kept.
  public Progress awaitWhole(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (progress() == Progress.FILLING && left > 0) {
        left = changed.awaitNanos(left);
      }
      return progress();
    } finally {
      lock.unlock();
    }
  }

  private Progress progress() {
    return switch (state) {
      case State.Complete _ -> Progress.WHOLE;
      case State.Broken _ -> Progress.BROKEN;
      case State.Filling _ -> kept ? Progress.FILLING : Progress.PASSING;
    };
  }

  /// Whether all bytes so far are held, so that it may be stored and joined.
  public boolean isKept() {
    lock.lock();
    try {
      return kept;
    } finally {
      lock.unlock();
    }
  }

  /// The whole body in one array, if it is complete and kept.
  public Optional<byte[]> bytes() {
    lock.lock();
    try {
      if (!kept || !(state instanceof State.Complete)) {
        return Optional.empty();
      }
      byte[] all = new byte[Math.toIntExact(heldBytes)];
      int at = 0;
      for (Buffer chunk : chunks) {
        chunk.getBytes(all, at);
        at += chunk.length();
      }
      return Optional.of(all);
    } finally {
      lock.unlock();
    }
  }

  /// A reader from the beginning; empty if bytes are already gone.
  public Optional<BodySource> join() {
    lock.lock();
    try {
      if (firstHeld > 0) {
        return Optional.empty();
      }
      Reader reader = new Reader();
      readers.add(reader);
      return Optional.of(reader);
    } finally {
      lock.unlock();
    }
  }

  /// The store has the body, in `stored`, as [#bytes] gave it: readers go on there, and what was
  /// held for them is let go.
  public void liesIn(byte[] stored) {
    lock.lock();
    try {
      for (Reader reader : readers) {
        long at = 0;
        for (int i = 0; i < reader.nextChunk; i++) {
          at += chunks.get(i).length();
        }
        reader.goOnIn(stored, (int) at);
      }
      chunks = slices(stored, 0);
      giveBack(budgetBytes);
    } finally {
      lock.unlock();
    }
  }

  /// Without copying.
  private static List<Buffer> slices(byte[] bytes, int from) {
    List<Buffer> slices = new ArrayList<>();
    for (int at = from; at < bytes.length; at += BATCH_BYTES) {
      int length = Math.min(BATCH_BYTES, bytes.length - at);
      slices.add(BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, at, length)));
    }
    return slices;
  }

  /// The body is stored, or will not be: what it took from the budget is given back as soon as no
  /// reader needs its bytes.
  public void leaveBudget() {
    lock.lock();
    try {
      isSettled = true;
      letGoIfUnused();
    } finally {
      lock.unlock();
    }
  }

  private void letGoIfUnused() {
    if (isSettled && readers.isEmpty() && budgetBytes > 0) {
      kept = false;
      dropWhatAllHaveRead();
    }
  }

  private void giveBack(long bytes) {
    long given = Math.min(bytes, budgetBytes);
    budgetBytes -= given;
    budget.giveBack(given);
  }

  private void dropWhatAllHaveRead() {
    if (kept) {
      return;
    }
    long slowest = Long.MAX_VALUE;
    for (Reader reader : readers) {
      slowest = Math.min(slowest, reader.nextChunk);
    }
    int dropped = 0;
    while (dropped < chunks.size() && firstHeld < slowest) {
      int bytes = chunks.get(dropped++).length();
      heldBytes -= bytes;
      firstHeld++;
      giveBack(bytes + CHUNK_OVERHEAD_BYTES);
    }
    chunks.subList(0, dropped).clear();
    changed.signalAll();
  }

  private final class Reader implements BodySource {

    // Guarded by the lock, but for `ahead`, which is the reading thread's own.
    private long nextChunk;
    private long tookNanos = System.nanoTime();
    private @Nullable String left;
    private boolean isAtEnd;
    private @Nullable List<Buffer> elsewhere;
    private final ArrayDeque<Buffer> ahead = new ArrayDeque<>();

    @Override
    public @Nullable Buffer next() throws IOException {
      Buffer buffered = ahead.poll();
      if (buffered != null) {
        return buffered;
      }
      lock.lock();
      try {
        while (true) {
          if (isAtEnd) {
            return null;
          }
          if (left != null) {
            throw new IOException(left);
          }
          if (takeAhead()) {
            return ahead.remove();
          }
          switch (state) {
            case State.Complete _ -> {
              isAtEnd = true;
              leave("this body was read to its end");
            }
            case State.Broken broken -> {
              leave("this body broke off");
              throw broken.cause();
            }
            case State.Filling _ -> changed.await();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for the body", e);
      } finally {
        lock.unlock();
      }
    }

    /// Takes a batch, so that the lock is not taken for each chunk; false if nothing is there.
    private boolean takeAhead() {
      List<Buffer> from = elsewhere == null ? chunks : elsewhere;
      long base = elsewhere == null ? firstHeld : 0;
      int bytes = 0;
      while (nextChunk - base < from.size() && bytes < BATCH_BYTES) {
        Buffer chunk = from.get((int) (nextChunk++ - base));
        bytes += chunk.length();
        ahead.add(chunk);
      }
      if (ahead.isEmpty()) {
        return false;
      }
      tookNanos = System.nanoTime();
      dropWhatAllHaveRead();
      return true;
    }

    private void goOnIn(byte[] stored, int from) {
      elsewhere = slices(stored, from);
      nextChunk = 0;
    }

    private void leave(String why) {
      left = why;
      readers.remove(this);
      dropWhatAllHaveRead();
      letGoIfUnused();
      changed.signalAll();
    }

    @Override
    public HttpFields trailers() {
      return SharedBody.this.trailers();
    }

    @Override
    public void cancel() {
      lock.lock();
      try {
        if (left == null) {
          leave("this reader was cancelled");
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
