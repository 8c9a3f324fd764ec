package io.forebay.backends.log;

import io.forebay.cache.InvalidationJournal.Summary;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The thread that writes a journal's records, and those who wait for it.
///
/// What is enqueued is bounded by its callers: each waits for its batch before it has another.
final class SegmentWriter {

  private static final int BATCHES_PER_WRITE = 1_024;

  private final SegmentFolder segments;
  private final long segmentBytes;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();

  // Under the lock; the volatile ones may be read without.
  private final Deque<List<InvalidationRecord>> queue = new ArrayDeque<>();
  private @Nullable Supplier<Summary> summaries;
  private Position enqueued;
  private Position failedUpTo;
  private String failure = "";
  private boolean closing;
  private boolean ended;
  private volatile Position durable;

  // The thread's own.
  private Disk.End end;
  private boolean broken;
  private long grown;
  private final AtomicInteger shorteningsFailed = new AtomicInteger();

  /// @param last the position that the segment ends with
  SegmentWriter(SegmentFolder segments, Disk.End end, Position last, long segmentBytes) {
    this.segments = segments;
    this.segmentBytes = segmentBytes;
    this.end = end;
    this.enqueued = last;
    this.durable = last;
    this.failedUpTo = last;
    this.thread =
        Thread.ofPlatform().name("forebay-invalidation-journal").daemon().start(this::run);
  }

  // ---- callers

  void enqueue(List<InvalidationRecord> batch) {
    lock.lock();
    try {
      queue.addLast(batch);
      enqueued = batch.getLast().position();
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  Optional<String> await(Position position) {
    if (durable.compareTo(position) >= 0) {
      return Optional.empty();
    }
    lock.lock();
    try {
      while (true) {
        if (durable.compareTo(position) >= 0) {
          return Optional.empty();
        }
        if (ended || failedUpTo.compareTo(position) >= 0) {
          return Optional.of(failure);
        }
        progress.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  Position durable() {
    return durable;
  }

  /// Times that a long segment could not be replaced.
  int shorteningsFailed() {
    return shorteningsFailed.get();
  }

  void compactWith(Supplier<Summary> source) {
    lock.lock();
    try {
      summaries = source;
    } finally {
      lock.unlock();
    }
  }

  void close() throws IOException {
    lock.lock();
    try {
      closing = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    end.close();
  }

  // ---- the thread

  private void run() {
    try {
      while (hasMore()) {
        List<List<InvalidationRecord>> batches = take();
        if (broken) {
          beginAnew();
        } else if (!batches.isEmpty()) {
          write(batches);
        }
      }
      end("the invalidation log is closed");
    } catch (RuntimeException | Error unexpected) {
      end("the invalidation log ended: " + unexpected);
      throw unexpected;
    }
  }

  private boolean hasMore() {
    lock.lock();
    try {
      return !closing || (!queue.isEmpty() && !broken);
    } finally {
      lock.unlock();
    }
  }

  /// What there is to do; waits for it, but for a second at most if the disk failed before.
  private List<List<InvalidationRecord>> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        if (!broken) {
          work.awaitUninterruptibly();
        } else if (work.awaitNanos(TimeUnit.SECONDS.toNanos(1)) <= 0) {
          return List.of();
        }
      }
      List<List<InvalidationRecord>> taken = new ArrayList<>();
      while (!queue.isEmpty() && taken.size() < BATCHES_PER_WRITE) {
        taken.add(queue.removeFirst());
      }
      return taken;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } finally {
      lock.unlock();
    }
  }

  private void write(List<List<InvalidationRecord>> batches) {
    Position last = durable;
    try {
      for (List<InvalidationRecord> batch : batches) {
        if (batch.getLast().position().compareTo(last) > 0) { // else a summary has it
          ByteBuffer frame = Segment.batchFrame(batch);
          grown += frame.remaining();
          end.write(frame);
          last = batch.getLast().position();
        }
      }
      end.force();
    } catch (IOException e) {
      breakDown(e);
      return;
    }
    advance(last);
    if (grown > segmentBytes) {
      shorten();
    }
  }

  /// Replaces a segment that has become long by one with what is in force. If that cannot even be
  /// written, the old one goes on, and the next attempt is when it has grown as much again.
  private void shorten() {
    grown = 0;
    Summary summary = summary();
    if (summary != null) {
      SegmentFolder.Prepared prepared;
      try {
        prepared = segments.prepare(summary);
      } catch (IOException tryAgainLater) {
        shorteningsFailed.incrementAndGet();
        return;
      }
      publish(prepared);
    }
  }

  /// After a failure: begins a segment with what is in force, which everything enqueued so far is.
  private void beginAnew() {
    Summary summary = summary();
    if (summary == null) {
      fail(failure);
      return;
    }
    try {
      publish(segments.prepare(summary));
    } catch (IOException e) {
      breakDown(e);
    }
  }

  private void publish(SegmentFolder.Prepared prepared) {
    Disk.End previous = end;
    try {
      end = segments.publish(prepared);
      broken = false;
      grown = 0;
      advance(prepared.after());
      previous.close();
    } catch (IOException e) {
      breakDown(e);
    }
  }

  private @Nullable Summary summary() {
    Supplier<Summary> source;
    lock.lock();
    try {
      source = summaries;
    } finally {
      lock.unlock();
    }
    return source == null ? null : source.get(); // takes the log's lock
  }

  private void breakDown(IOException e) {
    broken = true;
    fail("the invalidation log cannot be written: " + e.getMessage());
  }

  private void advance(Position to) {
    lock.lock();
    try {
      durable = to;
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end(String reason) {
    lock.lock();
    try {
      ended = true;
      fail(reason);
    } finally {
      lock.unlock();
    }
  }

  private void fail(String reason) {
    lock.lock();
    try {
      failure = reason;
      failedUpTo = enqueued;
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
