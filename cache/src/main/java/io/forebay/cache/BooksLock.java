package io.forebay.cache;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// The lock of [Residency], for work of microseconds. Whoever needs it now waits awake for a moment
/// before it sleeps, as falling asleep takes longer than what is waited for; and whoever holds it
/// for work that can wait sees that it is wanted, and leaves early.
///
/// Measured with two threads that read and write (`benchmarks/engine`): a seventh of their time
/// went by asleep here, behind readers that told the policy of reads.
final class BooksLock {

  /// Some ten microseconds: as long as a few dozen looks at memory that is in no cache.
  private static final int AWAKE = 200;

  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicInteger waiting = new AtomicInteger();

  void lock() {
    if (!lock.tryLock()) {
      waiting.incrementAndGet();
      try {
        lockAfterWaiting();
      } finally {
        waiting.decrementAndGet();
      }
    }
  }

  private void lockAfterWaiting() {
    for (int i = 0; i < AWAKE; i++) {
      Thread.onSpinWait();
      if (lock.tryLock()) {
        return;
      }
    }
    lock.lock();
  }

  boolean tryLock() {
    return lock.tryLock();
  }

  void unlock() {
    lock.unlock();
  }

  /// Whether somebody waits for it.
  boolean isWanted() {
    return waiting.get() > 0;
  }
}
