package io.forebay.cache;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The log of one node: it numbers batches and puts them in force itself, one after the other, and
/// leaves keeping them to an [InvalidationJournal].
///
/// **In force first, durable then, acknowledged last.** Between the first two a crash forgets a
/// batch that nobody was promised. The wait for the disk happens outside the lock, so that many
/// callers share one.
public final class InProcessInvalidationLog implements InvalidationLog {

  private final InvalidationJournal journal;
  private final TimeSource time;
  private final ReentrantLock order = new ReentrantLock();

  // Changed under the lock.
  private final Map<String, InvalidationListener> listeners = new ConcurrentHashMap<>();
  private final List<Consumer<InvalidationRecord>> observers = new CopyOnWriteArrayList<>();
  private InvalidationJournal.@Nullable Recovered past;

  /// The newest record of this process that some cache without a listener may have needed.
  private @Nullable Position unheard;

  private volatile Position last;

  /// A log that keeps nothing and begins an epoch.
  ///
  /// @param epoch must grow from one start of the node to the next; wall-clock milliseconds do
  public InProcessInvalidationLog(long epoch) {
    this(InvalidationJournal.inMemory(epoch), TimeSource.SYSTEM);
  }

  /// A log that goes on where `journal` ended.
  public InProcessInvalidationLog(InvalidationJournal journal, TimeSource time) {
    this.journal = journal;
    this.time = time;
    InvalidationJournal.Recovered recovered = journal.recovered();
    this.last = recovered.last();
    this.past = recovered;
    journal.compactWith(this::summary);
  }

  @Override
  public Position last() {
    return last;
  }

  @Override
  public Position durable() {
    return journal.durable();
  }

  @Override
  public LogOutcome append(InvalidationBatch batch) {
    List<InvalidationRecord> records;
    Failures failures = new Failures();
    order.lock();
    try {
      records = numbered(batch);
      records.forEach(record -> deliver(record, failures));
      last = records.getLast().position();
      journal.enqueue(records);
    } finally {
      order.unlock();
    }
    Position first = records.getFirst().position();
    Position end = records.getLast().position();
    Optional<String> whyNotKept = journal.await(end);
    failures.rethrow();
    return whyNotKept.isEmpty()
        ? new LogOutcome.Kept(first, end)
        : new LogOutcome.NotKept(first, end, whyNotKept.get());
  }

  private List<InvalidationRecord> numbered(InvalidationBatch batch) {
    List<InvalidationRecord> records = new ArrayList<>(batch.orders().size());
    Instant now = time.now();
    Position position = last;
    for (InvalidationOrder order : batch.orders()) {
      position = new Position(position.epoch(), position.n() + 1);
      String id = batch.id().isPresent() ? batch.id().get() : position.toString();
      records.add(new InvalidationRecord(position, id, now, batch.who(), batch.why(), order));
    }
    return records;
  }

  private void deliver(InvalidationRecord record, Failures failures) {
    for (Consumer<InvalidationRecord> observer : observers) {
      failures.guard(() -> observer.accept(record));
    }
    Optional<String> cache = record.order().cache();
    if (cache.isPresent()) {
      InvalidationListener listener = listeners.get(cache.get());
      if (listener != null) {
        failures.guard(() -> listener.apply(record));
      } else {
        unheard = record.position();
      }
    } else {
      listeners.values().forEach(listener -> failures.guard(() -> listener.apply(record)));
      unheard = record.position();
    }
  }

  /// Unexpected exceptions of listeners (out of a value's own code, say). Everyone else still hears
  /// of the batch, and its positions are used up, before the caller sees the first of them.
  private static final class Failures {
    private @Nullable RuntimeException first;

    void guard(Runnable delivery) {
      try {
        delivery.run();
      } catch (RuntimeException unexpected) {
        if (first == null) {
          first = unexpected;
        } else {
          first.addSuppressed(unexpected);
        }
      }
    }

    void rethrow() {
      if (first != null) {
        throw first;
      }
    }
  }

  @Override
  public void subscribe(String cache, InvalidationListener listener) {
    order.lock();
    try {
      if (listeners.putIfAbsent(cache, listener) != null) {
        throw new IllegalStateException("the log already has a cache called " + cache);
      }
      if (past != null) {
        tellThePast(past, cache, listener);
      }
      if (unheard != null) {
        listener.distrustBefore(unheard);
      }
    } finally {
      order.unlock();
    }
  }

  private static void tellThePast(
      InvalidationJournal.Recovered past, String cache, InvalidationListener listener) {
    BarrierSnapshot snapshot = past.summary().caches().get(cache);
    if (snapshot != null) {
      listener.restore(snapshot);
    } else {
      past.summary().floorOfOthers().ifPresent(listener::distrustBefore);
    }
    for (InvalidationRecord record : past.since()) {
      if (record.order().concerns(cache)) {
        listener.apply(record);
      }
    }
  }

  @Override
  public void unsubscribe(String cache, InvalidationListener listener) {
    order.lock();
    try {
      if (listeners.remove(cache, listener)) {
        unheard = last; // a cache of this name that comes later trusts nothing from before
      }
    } finally {
      order.unlock();
    }
  }

  @Override
  public void observe(Consumer<InvalidationRecord> observer) {
    observers.add(observer);
  }

  /// What is left of everything so far. What nobody has claimed by now becomes one floor.
  private InvalidationJournal.Summary summary() {
    order.lock();
    try {
      Map<String, BarrierSnapshot> caches = new HashMap<>();
      listeners.forEach((cache, listener) -> caches.put(cache, listener.snapshot()));
      if (past != null) {
        unheard = unheard == null ? past.last() : unheard;
        past = null;
      }
      return new InvalidationJournal.Summary(last, caches, Optional.ofNullable(unheard));
    } finally {
      order.unlock();
    }
  }
}
