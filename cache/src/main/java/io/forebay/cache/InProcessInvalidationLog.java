package io.forebay.cache;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

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

  private final InvalidationAudience audience;

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
    this.audience = new InvalidationAudience(recovered);
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
    if (batch.orders().stream().allMatch(order -> order.written().isPresent())) {
      return tell(batch);
    }
    List<InvalidationRecord> records;
    InvalidationAudience.Failures failures;
    order.lock();
    try {
      records = numbered(batch);
      failures = audience.deliver(records);
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

  /// News of writes are for whoever has a copy: on one node, for its caches alone and only now. So
  /// they take no position and need not be kept. But what is in force and not kept yet is waited
  /// for: a value in a tier carries a kept position, so the writer has to write it again at one
  /// that no invalidation of before covers.
  private LogOutcome tell(InvalidationBatch batch) {
    Position end;
    order.lock();
    try {
      Position none = new Position(last.epoch(), 0);
      Instant now = time.now();
      List<InvalidationRecord> news =
          batch.orders().stream()
              .map(write ->
                  new InvalidationRecord(none, "news", now, batch.who(), batch.why(), write))
              .toList();
      audience.deliverEarly(news).rethrow();
      end = last;
    } finally {
      order.unlock();
    }
    Optional<String> whyNotKept = journal.await(end);
    return whyNotKept.isEmpty()
        ? new LogOutcome.Kept(end, end)
        : new LogOutcome.NotKept(end, end, whyNotKept.get());
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

  @Override
  public void subscribe(String cache, InvalidationListener listener) {
    order.lock();
    try {
      audience.subscribe(cache, listener);
    } finally {
      order.unlock();
    }
  }

  @Override
  public void unsubscribe(String cache, InvalidationListener listener) {
    order.lock();
    try {
      audience.unsubscribe(cache, listener, last);
    } finally {
      order.unlock();
    }
  }

  @Override
  public void observe(Consumer<InvalidationRecord> observer) {
    audience.observe(observer);
  }

  private InvalidationJournal.Summary summary() {
    order.lock();
    try {
      return audience.summary(last);
    } finally {
      order.unlock();
    }
  }
}
