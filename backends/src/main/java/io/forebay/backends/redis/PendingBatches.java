package io.forebay.backends.redis;

import io.forebay.backends.log.FileQueue;
import io.forebay.cache.InvalidationRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Batches that wait for the log, oldest first; in a file too, if there is one, so that they
/// outlive the process.
///
/// Thread-safe.
final class PendingBatches implements AutoCloseable {

  enum Added {
    /// On the disk.
    KEPT,
    /// It waits in memory only: there is no file.
    IN_MEMORY,
    /// It waits in memory only: the file could not be written.
    FAILED,
    /// It does not wait.
    FULL
  }

  private final int max;
  private final @Nullable FileQueue file;
  private final Deque<List<InvalidationRecord>> batches = new ArrayDeque<>();

  private PendingBatches(int max, @Nullable FileQueue file) {
    this.max = max;
    this.file = file;
  }

  static PendingBatches open(Optional<Path> file, int max) throws IOException {
    FileQueue queue = file.isPresent() ? FileQueue.open(file.get()) : null;
    PendingBatches pending = new PendingBatches(max, queue);
    if (queue != null) {
      pending.batches.addAll(queue.recovered());
    }
    return pending;
  }

  /// Returns when it is on the disk, or cannot be. Whether or not, it enters the log as soon as
  /// that is back, if this process lives until then; unless too many wait.
  synchronized Added add(List<InvalidationRecord> batch) {
    if (batches.size() >= max) {
      return Added.FULL;
    }
    batches.addLast(batch);
    if (file == null) {
      return Added.IN_MEMORY;
    }
    try {
      file.add(batch);
      return Added.KEPT;
    } catch (IOException e) {
      return Added.FAILED;
    }
  }

  synchronized Optional<List<InvalidationRecord>> first() {
    return Optional.ofNullable(batches.peekFirst());
  }

  /// After it has entered the log. If the file still names it after a crash, it enters twice, which
  /// does no harm.
  synchronized void removeFirst() {
    batches.removeFirst();
    if (batches.isEmpty() && file != null) {
      file.clear();
    }
  }

  synchronized int size() {
    return batches.size();
  }

  @Override
  public synchronized void close() {
    if (file != null) {
      file.close();
    }
  }
}
