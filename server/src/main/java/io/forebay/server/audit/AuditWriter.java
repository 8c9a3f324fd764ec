package io.forebay.server.audit;

import io.forebay.cache.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes rows by one thread, which takes all that wait and commits them together: while one commit
/// is on its way to the disk, the next batch gathers by itself.
///
/// The thread also opens the store, so that the server's start does not wait for it; deletes old
/// rows; and, while the store fails, tries it again every second with a row that tells of the gap.
final class AuditWriter {

  private static final Logger log = LoggerFactory.getLogger(AuditWriter.class);

  private static final int MAX_BATCH = 1024;
  private static final int TRIM_BATCH = 1000;
  private static final Duration TRIM_EVERY = Duration.ofMinutes(10);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  /// A connection has its own, shorter limit; this is for making the tables on a slow machine.
  private static final Duration LONGEST_FIRST_OPENING = Duration.ofSeconds(30);

  private final Opener opener;
  private final AuditSettings settings;
  private final TimeSource time;
  private final RowIds ids = new RowIds();
  private final ArrayBlockingQueue<Pending> queue;
  private final CountDownLatch firstOpening = new CountDownLatch(1);
  private final Thread thread;

  /// The store, for whoever reads it; null until it is open.
  private volatile @Nullable AuditStore opened;

  private volatile boolean failing;
  private volatile boolean stopping;

  private final LongAdder rows = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder queueFull = new LongAdder();
  private final LongAdder trimmed = new LongAdder();

  // Touched by the writing thread only.
  private @Nullable AuditStore store;
  private Instant failingSince = Instant.EPOCH;
  private long lostAtFailure;
  private long refusedAtFailure;
  private long trimDueNanos;
  private long rowsAtTrim;
  private boolean moreToTrim;

  /// How the store is opened.
  interface Opener {
    AuditStore open() throws AuditStoreException;
  }

  /// A row on its way. Either the writer takes it, or who waited for it gives it up: never both.
  private static final class Pending {
    private static final int WAITING = 0;
    private static final int TAKEN = 1;
    private static final int GIVEN_UP = 2;

    private final AuditRow row;
    private final CompletableFuture<Boolean> durable = new CompletableFuture<>();
    private final AtomicInteger state = new AtomicInteger(WAITING);

    Pending(AuditRow row) {
      this.row = row;
    }

    boolean take() {
      return state.compareAndSet(WAITING, TAKEN);
    }

    boolean giveUp() {
      return state.compareAndSet(WAITING, GIVEN_UP);
    }
  }

  AuditWriter(Opener opener, AuditSettings settings, TimeSource time) {
    this.opener = opener;
    this.settings = settings;
    this.time = time;
    this.queue = new ArrayBlockingQueue<>(settings.maxPending());
    this.trimDueNanos = time.nanoTime();
    this.thread = Thread.ofPlatform().name("forebay-audit").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  AuditRow rowFor(AuditEntry entry) {
    Instant now = time.now();
    return new AuditRow(ids.next(now), now, entry, AuditEnd.UNKNOWN);
  }

  /// Puts a row on its way without waiting for it; false if it could not be.
  boolean submit(AuditRow row) {
    return offer(new Pending(row));
  }

  /// Writes a row; returns when it is durable, or false if it could not be made so in time.
  boolean write(AuditRow row) {
    awaitFirstOpening();
    var pending = new Pending(row);
    if (!offer(pending)) {
      return false;
    }
    try {
      return pending.durable.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // If the writer has it already it may yet become durable; nobody may count on it.
      pending.giveUp();
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      pending.giveUp();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is never completed so", e);
    }
  }

  /// The first changes after a start wait for the store to be open, or known not to be.
  private void awaitFirstOpening() {
    try {
      var _ = firstOpening.await(LONGEST_FIRST_OPENING.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// While the store fails nobody waits: the writer tries it by itself.
  private boolean offer(Pending pending) {
    if (failing || stopping) {
      return false;
    }
    if (queue.offer(pending)) {
      return true;
    }
    queueFull.increment();
    try {
      return queue.offer(pending, settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void countLost() {
    lost.increment();
  }

  void countRefused() {
    refused.increment();
  }

  /// The store, once it is open; empty if it cannot be.
  Optional<AuditStore> store() {
    awaitFirstOpening();
    return Optional.ofNullable(opened);
  }

  boolean isFailing() {
    return failing;
  }

  AuditFigures figures() {
    return new AuditFigures(
        queue.size(),
        failing,
        rows.sum(),
        commits.sum(),
        lost.sum(),
        refused.sum(),
        queueFull.sum(),
        trimmed.sum());
  }

  /// Writes what waits, and ends.
  void stop(Duration atMost) {
    stopping = true;
    // Something that nobody takes, only to wake the thread.
    var wake = new Pending(rowFor(AuditEntry.of(AuditedOperation.AUDIT_GAP, "", "")));
    wake.giveUp();
    var _ = queue.offer(wake);
    try {
      thread.join(atMost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    openStore();
    while (!stopping || !queue.isEmpty()) {
      try {
        step();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } catch (RuntimeException e) {
        log.atError().setCause(e).log("the audit's writer met something unexpected");
      }
    }
    fail(drained(List.of()));
    if (store != null) {
      store.close();
    }
  }

  private void step() throws InterruptedException {
    Pending first = queue.poll(moreToTrim ? 1 : TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    if (first != null) {
      writeBatch(drained(List.of(first)));
    } else if (failing) {
      tryAgain();
    }
    if (!failing && isTrimDue()) {
      trim();
    }
  }

  private List<Pending> drained(List<Pending> first) {
    List<Pending> batch = new ArrayList<>(first);
    queue.drainTo(batch, MAX_BATCH - batch.size());
    batch.removeIf(pending -> !pending.take());
    return batch;
  }

  private void openStore() {
    try {
      store = opener.open();
      opened = store;
    } catch (AuditStoreException e) {
      alarm(e);
    } finally {
      firstOpening.countDown();
    }
  }

  private void writeBatch(List<Pending> batch) {
    // A change that ended within the batch is written once.
    Map<String, AuditRow> latest = new LinkedHashMap<>();
    batch.forEach(pending -> latest.put(pending.row.id(), pending.row));
    if (latest.isEmpty()) {
      return;
    }
    boolean durable = !failing && write(latest);
    if (durable) {
      rows.add(latest.size());
      batch.forEach(pending -> pending.durable.complete(true));
    } else {
      fail(batch);
    }
  }

  /// A connection that broke while it was idle is no failure yet: tried twice.
  private boolean write(Map<String, AuditRow> latest) {
    if (store == null) {
      return false;
    }
    try {
      try {
        store.write(latest.values());
      } catch (AuditStoreException first) {
        log.atDebug().setCause(first).log("the audit store failed, trying once more");
        store.write(latest.values());
      }
      commits.increment();
      return true;
    } catch (AuditStoreException e) {
      alarm(e);
      return false;
    }
  }

  private static void fail(List<Pending> batch) {
    batch.forEach(pending -> pending.durable.complete(false));
  }

  private void alarm(AuditStoreException failure) {
    if (!failing) {
      failingSince = time.now();
      lostAtFailure = lost.sum();
      refusedAtFailure = refused.sum();
      failing = true;
      log.atError()
          .addKeyValue("reason", String.valueOf(failure.getMessage()))
          .addKeyValue("on_failure", settings.onFailure())
          .log("the audit cannot be written");
    }
  }

  /// Whatever waited goes first: it is told that it failed. Then a row that tells of the gap.
  private void tryAgain() {
    fail(drained(List.of()));
    if (store == null) {
      openStore();
    }
    long lostSince = lost.sum() - lostAtFailure;
    long refusedSince = refused.sum() - refusedAtFailure;
    var entry =
        AuditEntry.of(AuditedOperation.AUDIT_GAP, "forebay", "")
            .because(
                "rows could not be written since "
                    + failingSince
                    + "; lost: "
                    + lostSince
                    + ", changes refused: "
                    + refusedSince);
    var end = new AuditEnd(AuditOutcome.DONE, OptionalInt.empty(), OptionalLong.of(lostSince));
    AuditRow row = rowFor(entry).ending(end);
    if (write(Map.of(row.id(), row))) {
      rows.increment();
      failing = false;
      log.atWarn()
          .addKeyValue("since", failingSince)
          .addKeyValue("lost", lostSince)
          .addKeyValue("refused", refusedSince)
          .log("the audit can be written again");
    }
  }

  private boolean isTrimDue() {
    return moreToTrim
        || time.nanoTime() - trimDueNanos >= 0
        || rows.sum() - rowsAtTrim > Math.max(TRIM_BATCH, settings.maxRows() / 10);
  }

  /// One batch, so that rows which wait do not wait for long.
  private void trim() {
    trimDueNanos = time.nanoTime() + TRIM_EVERY.toNanos();
    rowsAtTrim = rows.sum();
    if (store == null) {
      return;
    }
    try {
      int deleted = store.trim(time.now().minus(settings.keep()), settings.maxRows(), TRIM_BATCH);
      trimmed.add(deleted);
      moreToTrim = deleted == TRIM_BATCH;
    } catch (AuditStoreException e) {
      moreToTrim = false;
      log.atWarn().addKeyValue("reason", e.getMessage()).log("old audit rows cannot be deleted");
    }
  }
}
