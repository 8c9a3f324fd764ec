package io.forebay.backends.behind;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// What waits to reach the tier: of each key the newest, in an [Order].
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
  private final Order order = new Order();
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
      order.add(key);
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

  /// Some of what waits; waits until there is something to try. Each of them is under way until
  /// [#arrived].
  ///
  /// @return empty when it is closed, or the thread is interrupted
  List<Pending> take(int most) {
    lock.lock();
    try {
      for (long left = order.leftNanos(); left > 0 && !closing; left = order.leftNanos()) {
        var _ = changed.awaitNanos(left);
      }
      List<Pending> some = new ArrayList<>();
      for (TierKey key : closing ? List.<TierKey>of() : order.next(most)) {
        Placed placed = waiting.get(key);
        if (placed != null) {
          some.add(placed.pending);
          underWay.add(key);
        }
      }
      return some;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /// They are not under way any more; what is settled and still the newest waits no longer, and
  /// what is not gives way to others.
  ///
  /// @return what was let go, and where it was
  List<Placed> arrived(List<Pending> some, Set<Pending> settled) {
    lock.lock();
    try {
      List<Placed> gone = new ArrayList<>();
      List<TierKey> arrived = new ArrayList<>();
      List<TierKey> overtaken = new ArrayList<>();
      List<TierKey> notArrived = new ArrayList<>();
      for (Pending one : some) {
        TierKey key = one.key();
        underWay.remove(key);
        Placed placed = waiting.get(key);
        if (!settled.contains(one)) {
          notArrived.add(key);
        } else if (placed != null && placed.pending.number() == one.number()) {
          waiting.remove(key);
          bytes -= one.bytes();
          gone.add(placed);
          arrived.add(key);
        } else {
          overtaken.add(key);
        }
      }
      order.tried(arrived, overtaken, notArrived);
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
    long oldest = now;
    for (Placed placed : waiting.values()) {
      oldest = Math.min(oldest, placed.pending.accepted());
    }
    lock.lock();
    try {
      return new Figures(waiting.size(), bytes, oldest, coalesced, full);
    } finally {
      lock.unlock();
    }
  }
}
