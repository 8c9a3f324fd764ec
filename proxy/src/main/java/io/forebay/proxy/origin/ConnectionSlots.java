package io.forebay.proxy.origin;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// How many connections to each origin may be in use, and the queue of those who wait for one: in
/// their order, each for a limited time, and only so many. The HTTP client has a queue too, but it
/// cannot tell waiting from connecting.
///
/// It has an entry for each origin of the routes.
final class ConnectionSlots {

  private final int perOrigin;
  private final int maxWaiting;
  private final ConcurrentMap<Origin, Semaphore> free = new ConcurrentHashMap<>();

  ConnectionSlots(int perOrigin, int maxWaiting) {
    this.perOrigin = perOrigin;
    this.maxWaiting = maxWaiting;
  }

  /// The right to use one connection.
  static final class Slot {
    private final Semaphore free;
    private final AtomicBoolean given = new AtomicBoolean();

    private Slot(Semaphore free) {
      this.free = free;
    }

    /// Idempotent.
    void giveBack() {
      if (given.compareAndSet(false, true)) {
        free.release();
      }
    }
  }

  /// What became of the wish for one.
  sealed interface Outcome {
    record Taken(Slot slot) implements Outcome {}

    record Refused(OriginError error) implements Outcome {}
  }

  /// Waits for a slot, on a virtual thread.
  Outcome take(Origin origin, Duration atMost) {
    Semaphore slots = free.computeIfAbsent(origin, _ -> new Semaphore(perOrigin, true));
    if (slots.getQueueLength() >= maxWaiting) {
      return new Outcome.Refused(OriginError.CONNECTION_LIMIT_REACHED);
    }
    try {
      return slots.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)
          ? new Outcome.Taken(new Slot(slots))
          : new Outcome.Refused(OriginError.CONNECTION_WAIT_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Refused(OriginError.CONNECTION_WAIT_TIMEOUT);
    }
  }
}
