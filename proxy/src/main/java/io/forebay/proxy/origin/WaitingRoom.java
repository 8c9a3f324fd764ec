package io.forebay.proxy.origin;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Requests that found no room at any origin of a pool, in two queues: fills of the cache, and all
/// others. Each queue keeps its order and has its bound, so that a cold cache does not hold up what
/// cannot be cached. Between the two, who came first goes first, if there is room for him.
///
/// A place that becomes free goes to who waits, not to who comes just then. Nobody is forgotten:
///
/// ```
/// who leaves an origin                who finds no room
///                                     counts himself as waiting
/// frees his place                     looks once more for room
/// looks whether anybody waits
/// ```
///
/// Either sees the other. The lock is held for no longer than a look at the origins takes.
final class WaitingRoom {

  /// Takes a place, if there is one for the wish.
  private final Function<Wish, @Nullable Slot> enter;

  private final LongAdder refusedFull = new LongAdder();
  private final LongAdder refusedLate = new LongAdder();

  // Guarded by this, but read without: how many wait.
  private volatile int fillsWaiting;
  private volatile int othersWaiting;
  private final Deque<Waiter> fills = new ArrayDeque<>();
  private final Deque<Waiter> others = new ArrayDeque<>();
  private long arrivals;

  WaitingRoom(Function<Wish, @Nullable Slot> enter) {
    this.enter = enter;
  }

  private static final class Waiter {
    final Wish wish;
    final long arrival;

    /// Completes with null when there is nothing to wait for any more.
    final CompletableFuture<@Nullable Slot> turn = new CompletableFuture<>();

    Waiter(Wish wish, long arrival) {
      this.wish = wish;
      this.arrival = arrival;
    }
  }

  /// What became of waiting.
  sealed interface Outcome {
    record Turn(Slot slot) implements Outcome {}

    record Refused(OriginError error) implements Outcome {}
  }

  /// Whether somebody waits whom a newcomer must not overtake.
  boolean isAhead(boolean ofFill) {
    return othersWaiting > 0 || (ofFill && fillsWaiting > 0);
  }

  int waiting() {
    return fillsWaiting + othersWaiting;
  }

  long refusedFull() {
    return refusedFull.sum();
  }

  long refusedLate() {
    return refusedLate.sum();
  }

  /// Waits for a turn, on a virtual thread.
  ///
  /// @param givenUp ends the wait
  Outcome await(Wish wish, PoolSettings.Limits limits, CompletableFuture<Void> givenUp) {
    Waiter waiter = arrive(wish, limits.waiting());
    if (waiter == null) {
      refusedFull.increment();
      return new Outcome.Refused(OriginError.CONNECTION_LIMIT_REACHED);
    }
    admit();
    CompletableFuture<Void> leaving = givenUp.thenRun(() -> waiter.turn.complete(null));
    try {
      Slot slot = turn(waiter, limits.patience());
      if (slot != null) {
        return new Outcome.Turn(slot);
      }
      refusedLate.increment();
      return new Outcome.Refused(OriginError.CONNECTION_WAIT_TIMEOUT);
    } finally {
      leaving.cancel(false);
      depart(waiter);
    }
  }

  private static @Nullable Slot turn(Waiter waiter, Duration atMost) {
    try {
      return waiter.turn.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // A turn that comes this very moment is taken.
      return waiter.turn.complete(null) ? null : waiter.turn.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return waiter.turn.complete(null) ? null : waiter.turn.join();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a turn never fails", e);
    }
  }

  private synchronized @Nullable Waiter arrive(Wish wish, int bound) {
    Deque<Waiter> queue = wish.fills() ? fills : others;
    if (queue.size() >= bound) {
      return null;
    }
    Waiter waiter = new Waiter(wish, arrivals++);
    queue.add(waiter);
    count();
    return waiter;
  }

  private synchronized void depart(Waiter waiter) {
    (waiter.wish.fills() ? fills : others).remove(waiter);
    count();
  }

  private void count() {
    fillsWaiting = fills.size();
    othersWaiting = others.size();
  }

  /// Lets in whom there is room for.
  void admit() {
    if (fillsWaiting == 0 && othersWaiting == 0) {
      return;
    }
    synchronized (this) {
      boolean mayBeMore = true;
      while (mayBeMore) {
        boolean isFillFirst = isFillFirst();
        mayBeMore =
            admitFrom(isFillFirst ? fills : others) || admitFrom(isFillFirst ? others : fills);
      }
      count();
    }
  }

  /// Whether the first of the fills came before the first of the others.
  private boolean isFillFirst() {
    Waiter fill = fills.peek();
    Waiter other = others.peek();
    return other == null || (fill != null && fill.arrival < other.arrival);
  }

  private boolean admitFrom(Deque<Waiter> queue) {
    Waiter waiter = queue.peek();
    if (waiter == null) {
      return false;
    }
    Slot slot = enter.apply(waiter.wish);
    if (slot == null) {
      return false;
    }
    queue.remove();
    if (!waiter.turn.complete(slot)) {
      // He has just stopped waiting.
      var _ = slot.leaveQuietly();
    }
    return true;
  }
}
