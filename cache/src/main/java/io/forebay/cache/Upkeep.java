package io.forebay.cache;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Drives the background work of caches: dropping expired entries, sweeping invalidated ones,
/// retiring barriers. Several caches may share one. A cache is held weakly, and leaves when closed.
///
/// Nothing depends on it for correctness (an expired or invalidated entry is never served): it
/// gives memory back.
public final class Upkeep implements AutoCloseable {

  private final List<WeakReference<Chores>> caches = new CopyOnWriteArrayList<>();
  private final @Nullable Thread daemon;
  private volatile boolean closed;

  private Upkeep(@Nullable Duration interval) {
    this.daemon =
        interval == null
            ? null
            : Thread.ofPlatform()
                .name("forebay-cache-upkeep")
                .daemon()
                .unstarted(() -> runEvery(interval.toNanos()));
  }

  /// What a cache lets itself be reminded of.
  interface Chores {

    /// Does what is due, in slices that each hold the cache's lock briefly.
    void maintain();
  }

  /// Runs only when [#run] is called: for tests, and programs with a scheduler of their own.
  public static Upkeep manual() {
    return new Upkeep(null);
  }

  /// A daemon thread that runs all chores every `interval`.
  ///
  /// @param interval more than zero
  public static Upkeep everyInterval(Duration interval) {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("interval must be more than zero, was " + interval);
    }
    Upkeep upkeep = new Upkeep(interval);
    java.util.Objects.requireNonNull(upkeep.daemon).start();
    return upkeep;
  }

  /// The process's own, every 100 ms; started when first asked for, never stopped.
  public static Upkeep shared() {
    return Shared.UPKEEP;
  }

  /// Does what is due now in every cache, on this thread.
  public void run() {
    caches.removeIf(cache -> cache.refersTo(null));
    for (WeakReference<Chores> cache : caches) {
      Chores chores = cache.get();
      if (chores != null) {
        chores.maintain();
      }
    }
  }

  void join(Chores cache) {
    caches.add(new WeakReference<>(cache));
  }

  void leave(Chores cache) {
    caches.removeIf(reference -> reference.refersTo(cache));
  }

  /// Stops the thread, after what it is doing. Does nothing to the caches.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(daemon);
  }

  private void runEvery(long intervalNanos) {
    Thread thread = Thread.currentThread();
    while (!closed) {
      try {
        run();
      } catch (RuntimeException unexpected) { // from a value's or listener's own code: go on
        thread.getUncaughtExceptionHandler().uncaughtException(thread, unexpected);
      }
      LockSupport.parkNanos(this, intervalNanos);
    }
  }

  private static final class Shared {
    static final Upkeep UPKEEP = everyInterval(Duration.ofMillis(100));
  }
}
