package io.forebay.cache;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The recent receipts of a node. Caches tell it what they did for which position; since the
/// positions of a batch have no gap, that finds the batch.
///
/// Holds at most `maxReceipts`, the newest, each for at most `keep`. Thread-safe; counting takes no
/// lock.
public final class Receipts {

  private final String node;
  private final TimeSource time;
  private final int maxReceipts;
  private final Duration keep;
  private final ConcurrentSkipListMap<Position, GrowingReceipt> byFirst =
      new ConcurrentSkipListMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();

  // Under the lock.
  private final Map<String, GrowingReceipt> byId = new HashMap<>();
  private final Deque<GrowingReceipt> oldestFirst = new ArrayDeque<>();
  private final Set<GrowingReceipt> unswept = new HashSet<>();
  private final Set<GrowingReceipt> spreading = new HashSet<>();
  private List<Peer> peers = List.of();

  /// @param node this node's name in receipts
  /// @param maxReceipts how many are kept
  /// @param keep for how long
  public Receipts(String node, TimeSource time, int maxReceipts, Duration keep) {
    this.node = node;
    this.time = time;
    this.maxReceipts = maxReceipts;
    this.keep = keep;
  }

  /// Nobody asks for receipts.
  static Receipts none() {
    return new Receipts("", TimeSource.SYSTEM, 0, Duration.ZERO);
  }

  // ---- asking

  /// The receipt as it is now; empty if there never was one, or it is too long ago.
  public Optional<InvalidationReceipt> find(String id) {
    lock.lock();
    try {
      forgetOld();
      return Optional.ofNullable(byId.get(id)).map(this::asOfNow);
    } finally {
      lock.unlock();
    }
  }

  /// The newest receipts, newest first.
  ///
  /// @param before only those older than this one; none if it is forgotten, since they are too
  public List<InvalidationReceipt> newest(Optional<String> before, int limit) {
    lock.lock();
    try {
      forgetOld();
      Stream<GrowingReceipt> newestFirst = oldestFirst.reversed().stream();
      Stream<GrowingReceipt> asked =
          before
              .map(id -> newestFirst.dropWhile(receipt -> !receipt.id.equals(id)).skip(1))
              .orElse(newestFirst);
      return asked.limit(limit).map(this::asOfNow).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until a receipt has come to `stage`, or the time is up; answers it as it is then.
  public Optional<InvalidationReceipt> await(
      String id, InvalidationReceipt.Stage stage, Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      GrowingReceipt receipt = byId.get(id);
      if (receipt == null) {
        return Optional.empty();
      }
      while (asOfNow(receipt).stage().compareTo(stage) < 0 && left > 0) {
        left = grown.awaitNanos(left);
      }
      return Optional.of(asOfNow(receipt));
    } finally {
      lock.unlock();
    }
  }

  /// How many are kept now.
  public int size() {
    lock.lock();
    try {
      return oldestFirst.size();
    } finally {
      lock.unlock();
    }
  }

  /// How many of them wait for a sweep.
  public int unswept() {
    lock.lock();
    try {
      return unswept.size();
    } finally {
      lock.unlock();
    }
  }

  // ---- the batch's way through the log

  /// Opens a receipt, before its batch enters the log.
  ///
  /// @throws IllegalStateException if there is one of this id
  void open(String id, InvalidationBatch batch) {
    GrowingReceipt receipt = new GrowingReceipt(id, batch, time);
    lock.lock();
    try {
      if (byId.putIfAbsent(id, receipt) != null) {
        throw new IllegalStateException("there is a receipt " + id);
      }
      oldestFirst.addLast(receipt);
      unswept.add(receipt);
      spreading.add(receipt);
      forgetOld();
    } finally {
      lock.unlock();
    }
  }

  /// A record got its position, and no cache has heard of it yet.
  void numbered(InvalidationRecord record) {
    lock.lock();
    try {
      GrowingReceipt receipt = byId.get(record.id());
      if (receipt == null) {
        return;
      }
      receipt.last = record.position();
      receipt.queued = false;
      receipt.notKept = null; // one that was queued has arrived
      if (receipt.first == null) {
        receipt.first = record.position();
        byFirst.put(record.position(), receipt);
      }
    } finally {
      lock.unlock();
    }
  }

  /// The batch is in force.
  InvalidationReceipt inForce(String id, InvalidationBatch batch, LogOutcome outcome) {
    lock.lock();
    try {
      GrowingReceipt receipt = byId.get(id);
      if (receipt == null) { // pushed out by many others meanwhile
        receipt = new GrowingReceipt(id, batch, time);
        if (!(outcome instanceof LogOutcome.Queued)) { // such positions are provisional
          receipt.first = outcome.first();
          receipt.last = outcome.last();
        }
      }
      receipt.inForce = time.now();
      // One that was queued may have entered the log before we got here: then it has a position.
      receipt.queued = outcome instanceof LogOutcome.Queued && receipt.first == null;
      receipt.notKept =
          switch (outcome) {
            case LogOutcome.Kept _ -> null;
            case LogOutcome.Queued(Position _, Position _, String reason) ->
                receipt.queued ? reason : null;
            case LogOutcome.NotKept(Position _, Position _, String reason) -> reason;
          };
      finishIfDone(receipt);
      spread(receipt);
      grown.signalAll();
      return asOfNow(receipt);
    } finally {
      lock.unlock();
    }
  }

  private void finishIfDone(GrowingReceipt receipt) {
    if (receipt.isDone() && unswept.remove(receipt)) {
      receipt.swept = time.now();
    }
  }

  // ---- what other nodes tell

  /// Notes how far the other nodes are: all of them, each time.
  public void heard(List<Peer> others) {
    lock.lock();
    try {
      peers = List.copyOf(others);
      List.copyOf(spreading).forEach(this::spread);
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// One that is in force here is done with others when all of those present then are safe; who
  /// comes later has it from the log before it serves anything.
  private void spread(GrowingReceipt receipt) {
    if (receipt.heard(peers, time.now()) && receipt.inForce != null && receipt.notKept == null) {
      spreading.remove(receipt);
    }
  }

  // ---- what caches tell

  /// A cache is about to put a record in force and will sweep for it.
  void sweepDue(Position position, String cache) {
    GrowingReceipt receipt = at(position);
    if (receipt != null) {
      lock.lock();
      try {
        receipt.sweeping.put(cache, position);
      } finally {
        lock.unlock();
      }
    }
  }

  void erased(Position position, long entries) {
    GrowingReceipt receipt = at(position);
    if (receipt != null) {
      receipt.erased.add(entries);
    }
  }

  void marked(Position position, long entries) {
    GrowingReceipt receipt = at(position);
    if (receipt != null) {
      receipt.marked.add(entries);
    }
  }

  private @Nullable GrowingReceipt at(Position position) {
    Map.Entry<Position, GrowingReceipt> entry = byFirst.floorEntry(position);
    return entry != null && entry.getValue().reaches(position) ? entry.getValue() : null;
  }

  /// A cache has dropped or marked everything that records up to `upTo` cover.
  void swept(String cache, Position upTo) {
    release(cache, due -> due.compareTo(upTo) <= 0);
  }

  /// A cache is gone, with everything in it.
  void left(String cache) {
    release(cache, _ -> true);
  }

  /// @param isSwept whether the cache has swept for a position
  private void release(String cache, Predicate<Position> isSwept) {
    if (maxReceipts == 0) {
      return;
    }
    lock.lock();
    try {
      for (GrowingReceipt receipt : List.copyOf(unswept)) {
        Position due = receipt.sweeping.get(cache);
        if (due != null && isSwept.test(due)) {
          receipt.sweeping.remove(cache);
          finishIfDone(receipt);
        }
      }
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- under the lock

  /// Who joined after it was in force everywhere has nothing to do with it.
  private InvalidationReceipt asOfNow(GrowingReceipt receipt) {
    boolean mayLack = spreading.contains(receipt) || byId.get(receipt.id) != receipt;
    return receipt.asOfNow(node, mayLack ? peers : List.of());
  }

  private void forgetOld() {
    GrowingReceipt oldest = oldestFirst.peekFirst();
    while (oldest != null && (oldestFirst.size() > maxReceipts || isOver(oldest))) {
      oldestFirst.removeFirst();
      byId.remove(oldest.id);
      unswept.remove(oldest);
      spreading.remove(oldest);
      if (oldest.first != null) {
        byFirst.remove(oldest.first);
      }
      oldest = oldestFirst.peekFirst();
    }
  }

  private boolean isOver(GrowingReceipt receipt) {
    return time.nanoTime() - receipt.acceptedNanos > keep.toNanos();
  }
}
