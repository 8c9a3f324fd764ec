package io.forebay.proxy.body;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
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
/// A reader that stalls is ended by its client's write timeout, so it holds the others up only that
/// long. Thread-safe; methods that wait are for virtual threads.
public final class SharedBody {

  /// How far the producer may be ahead of the slowest reader of a passing body.
  static final int WINDOW_BYTES = 256 * 1024;

  /// What a held chunk costs beside its bytes, so that a body of tiny chunks is bounded too.
  static final int CHUNK_OVERHEAD_BYTES = 128;

  private final long keepLimit;
  private final FillBudget budget;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Buffer> chunks = new ArrayDeque<>();
  private final Set<Reader> readers = new HashSet<>();

  /// Index, in the whole body, of the first chunk that is still held.
  private long firstHeld;

  private long heldBytes;
  private long budgetBytes;
  private boolean kept;
  private State state = new State.Filling();

  private sealed interface State {
    record Filling() implements State {}

    record Complete() implements State {}

    record Broken(IOException cause) implements State {}
  }

  private SharedBody(boolean kept, long keepLimit, FillBudget budget) {
    this.kept = kept;
    this.keepLimit = keepLimit;
    this.budget = budget;
  }

  /// A body that is to be stored if it stays within `keepLimit` bytes.
  public static SharedBody kept(long keepLimit, FillBudget budget) {
    return new SharedBody(true, keepLimit, budget);
  }

  /// A body that only passes through.
  public static SharedBody passing(FillBudget budget) {
    return new SharedBody(false, 0, budget);
  }

  /// Adds a chunk; waits while a passing body is a window ahead of its slowest reader.
  ///
  /// @return whether anybody still wants the rest: a reader, or the store
  public boolean write(Buffer chunk) throws InterruptedException {
    int bytes = chunk.length();
    lock.lock();
    try {
      if (kept) {
        if (heldBytes + bytes > keepLimit || !budget.tryTake(bytes + CHUNK_OVERHEAD_BYTES)) {
          kept = false;
          dropWhatAllHaveRead();
        } else {
          budgetBytes += bytes + CHUNK_OVERHEAD_BYTES;
        }
      }
      while (!kept && !readers.isEmpty() && heldBytes > 0 && heldBytes + bytes > WINDOW_BYTES) {
        changed.await();
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

  /// The body's proper end.
  public void complete() {
    end(new State.Complete());
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

  /// Gives back what the body took from the budget: it is stored, or will not be.
  public void leaveBudget() {
    lock.lock();
    try {
      giveBack(budgetBytes);
    } finally {
      lock.unlock();
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
    while (!chunks.isEmpty() && firstHeld < slowest) {
      int bytes = chunks.remove().length();
      heldBytes -= bytes;
      firstHeld++;
      giveBack(bytes + CHUNK_OVERHEAD_BYTES);
    }
    changed.signalAll();
  }

  private final class Reader implements BodySource {

    private long nextChunk;
    private boolean left;
    // Where the reader stands in `chunks`; an iterator would not survive the producer's additions.
    private @Nullable Buffer[] ahead = new Buffer[0];
    private int aheadAt;

    @Override
    public @Nullable Buffer next() throws IOException {
      Buffer buffered = takeAhead();
      if (buffered != null) {
        return buffered;
      }
      lock.lock();
      try {
        while (true) {
          if (left) {
            throw new IOException("this reader was cancelled");
          }
          if (nextChunk < firstHeld + chunks.size()) {
            return takeHeld();
          }
          switch (state) {
            case State.Complete _ -> {
              return null;
            }
            case State.Broken broken -> throw broken.cause();
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

    private @Nullable Buffer takeAhead() {
      if (aheadAt == ahead.length) {
        return null;
      }
      Buffer chunk = ahead[aheadAt];
      ahead[aheadAt++] = null;
      return chunk;
    }

    /// Takes all chunks that are there in one go, so that a reader takes the lock once for each
    /// batch and walks the deque once.
    private @Nullable Buffer takeHeld() {
      ahead = chunks.stream().skip(nextChunk - firstHeld).toArray(Buffer[]::new);
      aheadAt = 0;
      nextChunk = firstHeld + chunks.size();
      dropWhatAllHaveRead();
      return takeAhead();
    }

    @Override
    public void cancel() {
      lock.lock();
      try {
        left = true;
        readers.remove(this);
        dropWhatAllHaveRead();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
