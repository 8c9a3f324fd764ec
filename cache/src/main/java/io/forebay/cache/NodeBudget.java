package io.forebay.cache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A byte bound over several caches of a node. When their weights exceed it, the heaviest cache
/// evicts, by its own policy, until all fit again.
///
/// A write returns only after the budget is met, so what is held exceeds it by no more than the
/// writes under way. Thread-safe.
public final class NodeBudget {

  private final AtomicLong usedBytes = new AtomicLong();
  private final List<Member> members = new CopyOnWriteArrayList<>();
  private final ReentrantLock relieving = new ReentrantLock();
  private volatile long maxBytes;

  /// @param maxBytes at least 1
  public NodeBudget(long maxBytes) {
    this.maxBytes = atLeastOne(maxBytes);
  }

  /// What shares the budget.
  interface Member {

    long weightBytes();

    /// Evicts until `bytes` are given back or nothing is left; answers what was given back. Takes
    /// the member's own lock.
    long shed(long bytes);
  }

  public long maxBytes() {
    return maxBytes;
  }

  /// Weight of all entries of all caches that share this budget.
  public long usedBytes() {
    return usedBytes.get();
  }

  /// Changes the bound; entries that no longer fit are evicted before this returns.
  public void changeMaxBytes(long bytes) {
    maxBytes = atLeastOne(bytes);
    relieve();
  }

  void join(Member member) {
    members.add(member);
  }

  void leave(Member member) {
    members.remove(member);
  }

  /// Notes a change of a member's weight. Never evicts, so a member may call it under its lock.
  void charge(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  /// Evicts until the bound is met. One thread at a time, so that two that see the same excess do
  /// not both give it back. The caller holds no member's lock.
  void relieve() {
    if (usedBytes.get() <= maxBytes) {
      return;
    }
    relieving.lock();
    try {
      long excess = usedBytes.get() - maxBytes;
      while (excess > 0) {
        Member heaviest = heaviest();
        if (heaviest == null || heaviest.shed(excess) == 0) {
          return;
        }
        excess = usedBytes.get() - maxBytes;
      }
    } finally {
      relieving.unlock();
    }
  }

  private @Nullable Member heaviest() {
    Member heaviest = null;
    for (Member member : members) {
      if (heaviest == null || member.weightBytes() > heaviest.weightBytes()) {
        heaviest = member;
      }
    }
    return heaviest;
  }

  private static long atLeastOne(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("maxBytes must be at least 1, was " + bytes);
    }
    return bytes;
  }
}
