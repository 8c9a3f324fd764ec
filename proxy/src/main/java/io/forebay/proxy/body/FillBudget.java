package io.forebay.proxy.body;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The bytes that bodies under way may hold, over all exchanges of a node. When it is used up, a
/// body is passed on without being stored, and that is counted.
public final class FillBudget {

  private final long maxBytes;
  private final AtomicLong heldBytes = new AtomicLong();
  private final LongAdder refusals = new LongAdder();

  public FillBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Takes `bytes` from the budget if they are left.
  boolean tryTake(long bytes) {
    long held = heldBytes.addAndGet(bytes);
    if (held <= maxBytes) {
      return true;
    }
    heldBytes.addAndGet(-bytes);
    refusals.increment();
    return false;
  }

  void giveBack(long bytes) {
    heldBytes.addAndGet(-bytes);
  }

  public long heldBytes() {
    return heldBytes.get();
  }

  /// How often a body was not stored because the budget was used up.
  public long refusals() {
    return refusals.sum();
  }
}
