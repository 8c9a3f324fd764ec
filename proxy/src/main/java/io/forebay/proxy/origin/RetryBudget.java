package io.forebay.proxy.origin;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// How many requests may be sent once more: a share of all requests, so that an outage does not
/// multiply them.
///
/// Counted over spans of ten seconds; within one, the share is of the requests of that span or of
/// the one before, whichever are more. `FLOOR` are allowed in any case, since a share of few
/// requests is nothing. Requests are counted elsewhere anyway, so only a retry costs something
/// here. Thread-safe.
final class RetryBudget {

  private static final long SPAN = Duration.ofSeconds(10).toNanos();
  private static final long FLOOR = 100;

  private final LongAdder taken = new LongAdder();
  private final LongAdder refused = new LongAdder();

  // Guarded by this.
  private long began;
  private long requestsAtBegin;
  private long requestsBefore;
  private long takenNow;

  RetryBudget(long now) {
    this.began = now;
  }

  /// @param requests so far, retries included
  synchronized boolean tryTake(int percent, long requests, long now) {
    long elapsed = now - began;
    if (elapsed >= SPAN) {
      requestsBefore = (long) ((double) (requests - requestsAtBegin) * SPAN / elapsed);
      requestsAtBegin = requests;
      began = now;
      takenNow = 0;
    }
    long base = Math.max(requestsBefore, requests - requestsAtBegin);
    long allowed = percent == 0 ? 0 : Math.max(FLOOR, base * percent / 100);
    if (takenNow >= allowed) {
      refused.increment();
      return false;
    }
    takenNow++;
    taken.increment();
    return true;
  }

  long taken() {
    return taken.sum();
  }

  long refused() {
    return refused.sum();
  }
}
