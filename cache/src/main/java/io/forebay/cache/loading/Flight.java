package io.forebay.cache.loading;

import io.forebay.cache.ReferenceCounted;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One load under way, with those who wait for it.
///
/// Nobody may board once the result is about to be stored:
///
/// ```
/// load                         invalidator             late reader
/// stores the value
///                              invalidates, acknowledged
///                                                      boards, gets the old value
/// lands
/// ```
///
/// So a flight is sealed first, then the value stored, then it lands. Whoever boarded before the
/// seal is safe: an invalidation acknowledged before that is seen by the store, which refuses. The
/// late reader waits for the landing, then looks into the cache again.
///
/// Each passenger's reference on the value is taken for it at the landing; a passenger that leaves
/// early gives its own back.
final class Flight<V> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition landed = lock.newCondition();
  private boolean sealed;
  private int passengers;
  private @Nullable Landing<V> landing;

  /// Joins those who get the result, unless it is too late for that.
  boolean board() {
    lock.lock();
    try {
      if (!sealed) {
        passengers++;
      }
      return !sealed;
    } finally {
      lock.unlock();
    }
  }

  /// Who is on board now.
  int passengers() {
    lock.lock();
    try {
      return passengers;
    } finally {
      lock.unlock();
    }
  }

  /// Closes the doors.
  void seal() {
    lock.lock();
    try {
      sealed = true;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the flight; it was sealed. The caller's reference on the value passes to the flight.
  void land(Landing<V> result) {
    @Nullable V value = valueOf(result);
    lock.lock();
    try {
      if (value instanceof ReferenceCounted counted) {
        for (int i = 0; i < passengers; i++) {
          retain(counted);
        }
        counted.release();
      }
      landing = result;
      landed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the landing as a passenger. Null if it did not come within `nanos`: then the caller
  /// is no passenger any more.
  ///
  /// @param nanos `Long.MAX_VALUE` for as long as it takes
  @Nullable Landing<V> await(long nanos) throws InterruptedException {
    lock.lock();
    try {
      awaitLanding(nanos);
      if (landing == null) {
        passengers--;
      }
      return landing;
    } catch (InterruptedException e) {
      leave();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the landing without boarding; false if it did not come in time.
  boolean awaitOutside(long nanos) throws InterruptedException {
    lock.lock();
    try {
      awaitLanding(nanos);
      return landing != null;
    } finally {
      lock.unlock();
    }
  }

  private void awaitLanding(long nanos) throws InterruptedException {
    long left = nanos;
    while (landing == null && left > 0) {
      if (nanos == Long.MAX_VALUE) {
        landed.await();
      } else {
        left = landed.awaitNanos(left);
      }
    }
  }

  /// Gives a passenger's place back, and its reference if it already has one.
  private void leave() {
    Landing<V> present = landing;
    if (present == null) {
      passengers--;
    } else if (valueOf(present) instanceof ReferenceCounted counted) {
      counted.release();
    }
  }

  private static <V> @Nullable V valueOf(Landing<V> landing) {
    return switch (landing) {
      case Landing.Shared<V>(V value) -> value;
      case Landing.Overtaken<V>(V value) -> value;
      case Landing.Failed<V> _ -> null;
    };
  }

  private static void retain(ReferenceCounted counted) {
    if (!counted.tryRetain()) {
      throw new IllegalStateException("the loader gave away a value that was already released");
    }
  }
}
