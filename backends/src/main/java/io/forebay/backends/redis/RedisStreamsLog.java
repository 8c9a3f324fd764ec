package io.forebay.backends.redis;

import io.forebay.backends.calls.KeptOpen;
import io.forebay.backends.log.RecordBytes;
import io.forebay.cache.InvalidationAudience;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationJournal;
import io.forebay.cache.InvalidationListener;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Lease;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Peer;
import io.forebay.cache.Position;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The log that nodes share, in a stream of Redis. Positions are the stream's identifiers
/// (`epoch-n`), which a script gives without gaps.
///
/// [LogFollower], on a thread of its own, reads records and puts them in force here, in their
/// order; whoever appends waits for that. It also keeps the lease: every heartbeat asks where the
/// log ends, and when all of that is in force here, the lease is extended from the moment at which
/// the heartbeat was *sent*.
///
/// **Without Redis** an invalidation is put in force here and queued, in a file if there is one;
/// when Redis is back, the queue enters the log before the lease is extended again.
///
/// Thread-safe.
public final class RedisStreamsLog implements InvalidationLog, AutoCloseable {

  /// What values carry that were loaded before this node had joined: nothing that it may trust.
  static final Position BEFORE_JOINING = new Position(1, 0);

  private final RedisSettings redis;
  private final TimeSource time;
  private final String self;
  private final LogScripts scripts;
  private final Lease lease = Lease.ended();
  private final InvalidationAudience audience = new InvalidationAudience();
  private final List<Consumer<List<Peer>>> progressListeners = new CopyOnWriteArrayList<>();
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong notDelivered = new AtomicLong();
  private final PendingBatches pending;
  private final LogFollower follower;

  private final ReentrantLock order = new ReentrantLock();
  private final Condition progress = order.newCondition();

  // Under the lock; the volatile ones may be read without.
  private Members members = Members.NONE;

  /// Batches on their way into the queue.
  private int queueing;

  private volatile Position last = BEFORE_JOINING;

  private RedisStreamsLog(
      RedisSettings redis, FleetSettings fleet, TimeSource time, PendingBatches pending) {
    this.redis = redis;
    this.time = time;
    this.pending = pending;
    this.self = fleet.node() + "#" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    this.scripts = new LogScripts(redis, fleet);
    this.follower = new LogFollower(this, scripts, redis, fleet, time);
  }

  /// Takes part from now on, as soon as Redis can be reached; until then this node is suspect.
  ///
  /// @throws IOException if the file of the queue cannot be used
  public static RedisStreamsLog open(RedisSettings redis, FleetSettings fleet, TimeSource time)
      throws IOException {
    RedisStreamsLog log =
        new RedisStreamsLog(
            redis, fleet, time, PendingBatches.open(fleet.queueFile(), fleet.maxQueued()));
    log.follower.start();
    return log;
  }

  // ---- what is known

  @Override
  public Position last() {
    return last;
  }

  /// Records are kept as well as Redis keeps them; what it loses begins a new epoch.
  @Override
  public Position durable() {
    return last;
  }

  @Override
  public Lease lease() {
    return lease;
  }

  /// Whether this node cannot trust what it knows now.
  public boolean isSuspect() {
    return lease.isOver(time.nanoTime());
  }

  /// Since when this node may lack records; empty if it never had any.
  public Optional<Duration> lag() {
    return follower.lag();
  }

  /// Why the log cannot be reached; empty text if it can.
  public String trouble() {
    return follower.trouble();
  }

  /// What it did so far.
  ///
  /// @param epochs entered, the first included
  /// @param gaps times that records were gone before they were read
  /// @param queued batches that wait for the log now
  /// @param notDelivered records that failed unexpectedly in a cache
  public record Figures(long epochs, long gaps, long reconnects, int queued, long notDelivered) {}

  public Figures figures() {
    return new Figures(
        follower.epochs(),
        follower.gaps(),
        follower.reconnects(),
        pending.size(),
        notDelivered.get());
  }

  /// The other nodes.
  public List<Peer> peers() {
    order.lock();
    try {
      return members.others(self);
    } finally {
      order.unlock();
    }
  }

  /// Lets somebody hear of the other nodes whenever something was heard of them.
  public void onProgress(Consumer<List<Peer>> listener) {
    progressListeners.add(listener);
  }

  /// Waits until this node has joined and caught up.
  public boolean awaitTrust(Duration patience) throws InterruptedException {
    return await(() -> !isSuspect(), patience);
  }

  // ---- appending

  @Override
  public LogOutcome append(InvalidationBatch batch) {
    RedisSession session = follower.session();
    if (session == null) {
      return queue(batch, follower.trouble());
    }
    try {
      Optional<LogScripts.Appended> appended = enter(session, batch);
      if (appended.isEmpty()) {
        return queue(batch, "the log lost records; a new epoch begins");
      }
      Position first = appended.get().first();
      Position end = appended.get().last();
      if (!awaitApplied(end, redis.connectTimeout())) {
        applyEarly(numbered(batch, first));
      }
      return new LogOutcome.Kept(first, end);
    } catch (KeptOpen.Unusable e) {
      return queue(batch, e.why());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return queue(batch, "interrupted");
    }
  }

  private Optional<LogScripts.Appended> enter(RedisSession session, InvalidationBatch batch)
      throws KeptOpen.Unusable, InterruptedException {
    List<byte[]> records = new ArrayList<>(batch.orders().size());
    for (InvalidationRecord record : numbered(batch, new Position(0, 0))) {
      records.add(RecordBytes.of(record));
    }
    String unique = self + "." + batches.incrementAndGet();
    Optional<LogScripts.Appended> appended = scripts.append(session, last, unique, true, records);
    appended.ifPresent(done -> listed(done.micros(), done.nodes()));
    return appended;
  }

  private List<InvalidationRecord> numbered(InvalidationBatch batch, Position first) {
    List<InvalidationRecord> records = new ArrayList<>(batch.orders().size());
    Instant now = time.now();
    for (InvalidationOrder one : batch.orders()) {
      Position at = new Position(first.epoch(), first.n() + records.size());
      records.add(
          new InvalidationRecord(
              at, batch.id().orElseGet(at::toString), now, batch.who(), batch.why(), one));
    }
    return records;
  }

  /// The log cannot be reached: in force here, and kept for later.
  ///
  /// Its positions are guesses, behind the last that is known here. Another node may know more, and
  /// have put a copy into the tier that these barriers should cover and do not. So the lease ends,
  /// until everything that waits has entered the log; but not for keys of one cache, which are gone
  /// from the tier already and need no barriers.
  private LogOutcome queue(InvalidationBatch batch, String why) {
    Position first;
    order.lock();
    try {
      queueing++;
      if (batch.orders().stream().anyMatch(RedisStreamsLog::goesByPosition)) {
        lease.end();
      }
      first = new Position(last.epoch(), last.n() + 1);
      count(audience.deliverEarly(numbered(batch, first)));
    } finally {
      order.unlock();
    }
    PendingBatches.Added added;
    try {
      added = pending.add(numbered(batch, first));
    } finally {
      endQueueing();
    }
    Position end = new Position(first.epoch(), first.n() + batch.orders().size() - 1);
    String reason = "the shared log cannot be reached: " + why;
    return switch (added) {
      case KEPT -> new LogOutcome.Queued(first, end, reason);
      case IN_MEMORY -> new LogOutcome.NotKept(first, end, reason + "; it waits in memory only");
      case FAILED -> new LogOutcome.NotKept(first, end, reason + "; and the queue's file failed");
      case FULL -> new LogOutcome.NotKept(first, end, reason + "; and too many wait for it");
    };
  }

  private static boolean goesByPosition(InvalidationOrder one) {
    return one.cache().isEmpty() || !(one.scope() instanceof Scope.Keys);
  }

  private void endQueueing() {
    order.lock();
    try {
      queueing--;
    } finally {
      order.unlock();
    }
  }

  private void applyEarly(List<InvalidationRecord> records) {
    order.lock();
    try {
      count(audience.deliverEarly(records));
    } finally {
      order.unlock();
    }
  }

  private boolean awaitApplied(Position position, Duration patience) throws InterruptedException {
    return last.compareTo(position) >= 0 || await(() -> last.compareTo(position) >= 0, patience);
  }

  @Override
  public boolean awaitEverywhere(Position position, Duration patience) throws InterruptedException {
    return await(
        () ->
            last.compareTo(position) >= 0
                && members.others(self).stream().allMatch(peer -> peer.isSafeAt(position)),
        patience);
  }

  private interface Question {
    boolean holds();
  }

  private boolean await(Question question, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    order.lock();
    try {
      while (!question.holds()) {
        if (left <= 0) {
          return false;
        }
        left = progress.awaitNanos(left);
      }
      return true;
    } finally {
      order.unlock();
    }
  }

  // ---- what the follower does

  String self() {
    return self;
  }

  PendingBatches pending() {
    return pending;
  }

  /// Enters what waited for the log.
  ///
  /// @return whether nothing waits any more
  boolean flush(RedisSession session) throws KeptOpen.Unusable, InterruptedException {
    while (true) {
      Optional<List<InvalidationRecord>> next = pending.first();
      if (next.isEmpty()) {
        return true;
      }
      List<InvalidationRecord> records = next.get();
      InvalidationRecord one = records.getFirst();
      boolean named = !one.id().equals(one.position().toString());
      InvalidationBatch batch =
          new InvalidationBatch(
              named ? Optional.of(one.id()) : Optional.empty(),
              one.who(),
              one.why(),
              records.stream().map(InvalidationRecord::order).toList());
      if (enter(session, batch).isEmpty()) {
        return false;
      }
      pending.removeFirst();
    }
  }

  /// Puts records in force, which follow the last without a gap.
  void apply(List<InvalidationRecord> records) {
    order.lock();
    try {
      count(audience.deliver(records));
      last = records.getLast().position();
      progress.signalAll();
    } finally {
      order.unlock();
    }
  }

  /// Goes past a position that is no record's.
  void skipTo(Position position) {
    order.lock();
    try {
      last = position;
      progress.signalAll();
    } finally {
      order.unlock();
    }
  }

  /// Unexpected, and nobody's to answer for here: the follower goes on.
  private void count(InvalidationAudience.Failures failures) {
    try {
      failures.rethrow();
    } catch (RuntimeException unexpected) {
      notDelivered.incrementAndGet();
    }
  }

  /// Nothing of before `position` is to be trusted, and the log goes on there.
  ///
  /// @param left of records of its epoch that are gone
  void goOnAt(Position position, Optional<InvalidationJournal.Summary> left) {
    order.lock();
    try {
      Position floor = left.isPresent() ? new Position(position.epoch(), 0) : position;
      audience.distrustBefore(floor);
      left.ifPresent(audience::restore);
      last = position;
      progress.signalAll();
    } finally {
      order.unlock();
    }
  }

  /// What is left of all records so far.
  InvalidationJournal.Summary summary() {
    order.lock();
    try {
      return audience.summary(last);
    } finally {
      order.unlock();
    }
  }

  void listed(long micros, List<String> nodes) {
    change(() -> members = members.listed(micros, nodes));
  }

  void told(String node, Position applied) {
    change(() -> members = members.told(node, applied));
  }

  private void change(Runnable change) {
    List<Peer> others;
    order.lock();
    try {
      change.run();
      others = members.others(self);
      progress.signalAll();
    } finally {
      order.unlock();
    }
    progressListeners.forEach(listener -> listener.accept(others));
  }

  /// Unless something waits for the log, or is about to.
  void extendLease(long untilNanos) {
    order.lock();
    try {
      if (queueing == 0 && pending.size() == 0) {
        lease.extendTo(untilNanos);
        progress.signalAll();
      }
    } finally {
      order.unlock();
    }
  }

  // ---- who hears

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

  /// Leaves the fleet; this node is suspect from now on.
  @Override
  public void close() {
    follower.close();
    lease.end();
    pending.close();
  }
}
