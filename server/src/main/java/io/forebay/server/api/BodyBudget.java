package io.forebay.server.api;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Bounds the request bodies that are in memory at one time, all exchanges together.
public final class BodyBudget {

  private final long maxBytes;
  private final AtomicLong takenBytes = new AtomicLong();
  private final LongAdder refusals = new LongAdder();

  public BodyBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Takes so many bytes, or none and answers false.
  boolean tryTake(long bytes) {
    long taken = takenBytes.addAndGet(bytes);
    if (taken > maxBytes) {
      takenBytes.addAndGet(-bytes);
      refusals.increment();
      return false;
    }
    return true;
  }

  void giveBack(long bytes) {
    takenBytes.addAndGet(-bytes);
  }

  public long takenBytes() {
    return takenBytes.get();
  }

  /// How often a request was refused because of the bound.
  public long refusals() {
    return refusals.sum();
  }
}
