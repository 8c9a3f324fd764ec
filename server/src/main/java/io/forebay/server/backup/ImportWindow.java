package io.forebay.server.backup;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Entries that are being restored at one time: so many, with so many bytes. Tiers are far away,
/// and asking them one by one would take long.
///
/// One thread runs them.
final class ImportWindow {

  private static final int MOST_ENTRIES = 64;

  /// A longer line passes alone.
  private static final int MOST_BYTES = 8 << 20;

  private final ExecutorService threads;
  private final Semaphore entries = new Semaphore(MOST_ENTRIES);
  private final Semaphore room = new Semaphore(MOST_BYTES);
  private final AtomicReference<@Nullable RuntimeException> unexpected = new AtomicReference<>();

  ImportWindow(ExecutorService threads) {
    this.threads = threads;
  }

  /// Waits for room, then returns while it runs. Throws what another threw unexpectedly.
  void run(int bytes, Runnable restoring) {
    rethrow();
    int taken = Math.min(bytes, MOST_BYTES);
    entries.acquireUninterruptibly();
    room.acquireUninterruptibly(taken);
    threads.execute(() -> {
      try {
        restoring.run();
      } catch (RuntimeException failure) {
        unexpected.compareAndSet(null, failure);
      } finally {
        room.release(taken);
        entries.release();
      }
    });
  }

  /// Throws the first unexpected failure, if there was one.
  void rethrow() {
    RuntimeException failure = unexpected.get();
    if (failure != null) {
      throw new IllegalStateException("an entry could not be restored", failure);
    }
  }
}
