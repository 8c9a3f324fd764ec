package io.forebay.backends.behind;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// What waits to reach the tier: of each key the newest, oldest keys first.
///
/// **Bound.** Whoever accepts something reserves room for it first, and waits until there is some.
///
/// Thread-safe.
final class Backlog {

  private final long maxBytes;

  /// What is on its way to the tier stays in here until that is settled.
  private final Map<TierKey, Placed> waiting = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock.
  private final Set<TierKey> order = new LinkedHashSet<>();
  private final Set<TierKey> underWay = new HashSet<>();
  private long bytes;
  private long coalesced;
  private long full;
  private boolean closing;

  /// @param file of the journal that it is in
  record Placed(Pending pending, int file) {}

  Backlog(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// What waits for this key.
  Optional<Pending> find(TierKey key) {
    return Optional.ofNullable(waiting.get(key)).map(Placed::pending);
  }

  // ---- accepting

  /// Waits for room.
  ///
  /// @throws CallFailed if the deadline is over first; nothing is reserved then
  void reserve(long more, Deadline deadline) throws CallFailed {
    lock.lock();
    try {
      if (bytes > 0 && bytes + more > maxBytes) {
        full++;
      }
      while (bytes > 0 && bytes + more > maxBytes) {
        long left = deadline.leftNanos();
        if (left <= 0) {
          throw new CallFailed(Kind.BUSY, "too much waits for the tier already");
        }
        var _ = changed.awaitNanos(left);
      }
      bytes += more;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailed(Kind.BUSY, "interrupted");
    } finally {
      lock.unlock();
    }
  }

  /// Gives reserved room back.
  void release(long less) {
    lock.lock();
    try {
      bytes -= less;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Takes something whose room is reserved, in place of what waits for its key.
  ///
  /// @return what it replaces
  Optional<Placed> put(Placed accepted) {
    TierKey key = accepted.pending.key();
    lock.lock();
    try {
      Placed replaced = waiting.put(key, accepted);
      var _ = order.add(key);
      if (replaced != null) {
        bytes -= replaced.pending.bytes();
        coalesced++;
      }
      changed.signalAll();
      return Optional.ofNullable(replaced);
    } finally {
      lock.unlock();
    }
  }

  /// The same found in the journal, which needs no room.
  void recover(Placed found) {
    lock.lock();
    try {
      bytes += found.pending.bytes();
    } finally {
      lock.unlock();
    }
    var _ = put(found);
  }

  /// It is in another file now, if it is still there.
  ///
  /// @return whether it is
  boolean move(Pending pending, int file) {
    return waiting.computeIfPresent(
                pending.key(),
                (_, placed) ->
                    placed.pending.number() == pending.number()
                        ? new Placed(pending, file)
                        : placed)
            instanceof Placed(Pending now, int _)
        && now.number() == pending.number();
  }

  // ---- on the way to the tier

  /// Some of what waits, oldest first; waits until there is something. Each of them is under way
  /// until [#arrived].
  ///
  /// @return empty when it is closed
  List<Pending> take(int most) {
    lock.lock();
    try {
      while (order.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
      }
      List<Pending> some = new ArrayList<>();
      Iterator<TierKey> keys = order.iterator();
      while (!closing && keys.hasNext() && some.size() < most) {
        TierKey key = keys.next();
        Placed placed = waiting.get(key);
        if (placed != null) {
          some.add(placed.pending);
          underWay.add(key);
        }
      }
      return some;
    } finally {
      lock.unlock();
    }
  }

  /// They are not under way any more; what is settled and still the newest waits no longer.
  ///
  /// @return what was let go, and where it was
  List<Placed> arrived(List<Pending> some, Set<Pending> settled) {
    lock.lock();
    try {
      List<Placed> gone = new ArrayList<>();
      for (Pending one : some) {
        underWay.remove(one.key());
        Placed placed = waiting.get(one.key());
        if (placed == null || !settled.contains(one)) {
          continue;
        }
        if (placed.pending.number() == one.number()) {
          waiting.remove(one.key());
          order.remove(one.key());
          bytes -= one.bytes();
          gone.add(placed);
        } else {
          // What came meanwhile begins to wait now.
          order.remove(one.key());
          order.add(one.key());
        }
      }
      changed.signalAll();
      return gone;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until nothing of this key is under way.
  ///
  /// @throws CallFailed if the deadline is over first
  void awaitArrived(TierKey key, Deadline deadline) throws CallFailed {
    lock.lock();
    try {
      while (underWay.contains(key)) {
        long left = deadline.leftNanos();
        if (left <= 0) {
          throw deadline.missed();
        }
        var _ = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailed(Kind.TIMED_OUT, "interrupted");
    } finally {
      lock.unlock();
    }
  }

  /// Rests, unless it is closed.
  void rest(Duration span) {
    long left = span.toNanos();
    lock.lock();
    try {
      while (!closing && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  // ---- looking

  /// What waits and is such.
  List<Pending> all(Predicate<Placed> such) {
    return waiting.values().stream().filter(such).map(Placed::pending).toList();
  }

  /// @param oldest when it was accepted; the present where nothing waits
  record Figures(long writes, long bytes, long oldest, long coalesced, long full) {}

  Figures figures(long now) {
    lock.lock();
    try {
      long oldest = now;
      if (!order.isEmpty()) {
        Placed first = waiting.get(order.iterator().next());
        oldest = first == null ? now : first.pending.accepted();
      }
      return new Figures(waiting.size(), bytes, oldest, coalesced, full);
    } finally {
      lock.unlock();
    }
  }
}
