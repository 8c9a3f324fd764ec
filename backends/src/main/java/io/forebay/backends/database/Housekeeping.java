package io.forebay.backends.database;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.KeptOpen;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Deletes rows that nobody needs any more, and keeps the table's bytes within their bound: every
/// few seconds, and sooner if much is written.
///
/// Nodes that share a database all do it; what one has at hand, another skips.
final class Housekeeping implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int TOGETHER = 500;

  private final KeptOpen<Database> link;
  private final Slots slots;
  private final long maxBytes;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition due = lock.newCondition();
  private boolean closing;
  private boolean hurry;

  private final AtomicLong written = new AtomicLong();
  private final AtomicLong evicted = new AtomicLong();
  private final AtomicLong swept = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile Slots.Contents contents = new Slots.Contents(0, 0);

  Housekeeping(KeptOpen<Database> link, Slots slots, long maxBytes) {
    this.link = link;
    this.slots = slots;
    this.maxBytes = maxBytes;
    this.thread = Thread.ofVirtual().name("forebay-database-housekeeping").start(this::loop);
  }

  DatabaseFigures figures() {
    return new DatabaseFigures(
        contents.bytes(), contents.values(), evicted.get(), swept.get(), failed.get());
  }

  /// So many bytes more.
  void wrote(int bytes) {
    if (written.addAndGet(bytes) > maxBytes / 32) {
      written.set(0);
      lock.lock();
      try {
        hurry = true;
        due.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  private void loop() {
    while (rest()) {
      run();
    }
  }

  private boolean rest() {
    lock.lock();
    try {
      long left = PAUSE.toNanos();
      while (!closing && !hurry && left > 0) {
        left = due.awaitNanos(left);
      }
      hurry = false;
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Once, if the database is there.
  void run() {
    Optional<Database> database = link.session();
    if (database.isEmpty()) {
      return;
    }
    try {
      sweep(database.get());
      bound(database.get());
    } catch (CallFailed e) {
      failed.incrementAndGet();
    }
  }

  private void sweep(Database database) throws CallFailed {
    int deleted = TOGETHER;
    while (deleted == TOGETHER) {
      deleted =
          database.change(
              statements -> slots.sweep(statements, skippingLocked(), TOGETHER),
              Deadline.after(PATIENCE));
      swept.addAndGet(deleted);
    }
  }

  /// Evicts until a sixteenth is free, so that it is not at it all the time.
  private void bound(Database database) throws CallFailed {
    contents = database.scan(slots::contents, Deadline.after(PATIENCE));
    if (contents.bytes() <= maxBytes) {
      return;
    }
    int gone = TOGETHER;
    while (contents.bytes() > maxBytes - maxBytes / 16 && gone > 0) {
      int some = Math.clamp(share(contents), 1, TOGETHER);
      gone =
          database.change(
              statements -> slots.evict(statements, skippingLocked(), some),
              Deadline.after(PATIENCE));
      evicted.addAndGet(gone);
      contents = database.scan(slots::contents, Deadline.after(PATIENCE));
    }
    sweep(database);
  }

  /// About as many values as are too many.
  private long share(Slots.Contents present) {
    long mean = Math.max(1, present.bytes() / Math.max(1, present.values()));
    return 1 + (present.bytes() - (maxBytes - maxBytes / 16)) / mean;
  }

  private String skippingLocked() {
    return link.session().map(Database::skippingLocked).orElse("");
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      due.signal();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }
}
