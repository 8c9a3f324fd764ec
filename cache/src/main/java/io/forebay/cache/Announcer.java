package io.forebay.cache;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Carries departures to a listener that nobody waits for: a bounded queue, and a task that empties
/// it, of which there is one while there is something to tell.
final class Announcer<K> {

  private final CacheListener<K> listener;
  private final Executor executor;
  private final int maxWaiting;
  private final Queue<Departure<K>> waiting = new ConcurrentLinkedQueue<>();

  /// Places of the queue that are taken or about to be.
  private final AtomicInteger taken = new AtomicInteger();

  private final AtomicBoolean telling = new AtomicBoolean();
  private final LongAdder dropped = new LongAdder();

  /// @param executor runs a task on another thread; one that refuses costs notifications only
  Announcer(CacheListener<K> listener, Executor executor, int maxWaiting) {
    this.listener = listener;
    this.executor = executor;
    this.maxWaiting = maxWaiting;
  }

  /// Never waits.
  void announce(Departure<K> departure) {
    if (taken.getAndIncrement() >= maxWaiting) {
      taken.getAndDecrement();
      dropped.increment();
      return;
    }
    waiting.add(departure);
    startTelling();
  }

  /// Notifications that the listener will never hear.
  long dropped() {
    return dropped.sum();
  }

  private void startTelling() {
    if (!telling.compareAndSet(false, true)) {
      return;
    }
    try {
      executor.execute(this::tell);
    } catch (RejectedExecutionException shutDown) {
      telling.set(false);
      while (take() != null) {
        dropped.increment();
      }
    }
  }

  private void tell() {
    try {
      for (Departure<K> next = take(); next != null; next = take()) {
        tell(next);
      }
    } finally {
      telling.set(false);
    }
    if (!waiting.isEmpty()) { // came after the last look, when its announcer still saw us at work
      startTelling();
    }
  }

  private @Nullable Departure<K> take() {
    Departure<K> next = waiting.poll();
    if (next != null) {
      taken.getAndDecrement();
    }
    return next;
  }

  private void tell(Departure<K> departure) {
    try {
      listener.departed(departure);
    } catch (RuntimeException | Error unexpected) { // the listener's own trouble: report, go on
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, unexpected);
    }
  }
}
