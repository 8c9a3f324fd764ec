package io.forebay.backends.behind;

import io.forebay.backends.calls.MonotonicWallClock;
import io.forebay.cache.Precondition;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/// The thread that carries out what waits: some keys together, then those that arrived are settled
/// in the journal together. What failed rests ([Order]).
final class Flusher implements AutoCloseable {

  private static final int TOGETHER = 512;
  private static final int AT_ONCE = 64;

  private final Tier tier;
  private final Backlog backlog;
  private final WriteJournal journal;
  private final JournalSeal seal;
  private final MonotonicWallClock clock;
  private final Thread thread;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final LongAdder arrived = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder failed = new LongAdder();

  Flusher(
      Tier tier,
      Backlog backlog,
      WriteJournal journal,
      JournalSeal seal,
      MonotonicWallClock clock) {
    this.tier = tier;
    this.backlog = backlog;
    this.journal = journal;
    this.seal = seal;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("forebay-write-behind").daemon().start(this::run);
  }

  long arrived() {
    return arrived.sum();
  }

  long retries() {
    return retries.sum();
  }

  /// Writes that the tier does not take at all: they are too large for it.
  long lost() {
    return lost.sum();
  }

  /// Times that something failed which never should: an exception, or the journal's disk.
  long failed() {
    return failed.sum();
  }

  private void run() {
    for (List<Pending> some = backlog.take(TOGETHER);
        !some.isEmpty();
        some = backlog.take(TOGETHER)) {
      Set<Pending> done = Set.of();
      try {
        done = settled(carriedOut(some));
      } catch (RuntimeException unexpected) {
        failed.increment(); // and tried again
      }
      backlog.arrived(some, done).forEach(gone -> journal.release(gone.file()));
      arrived.add(done.size());
      retries.add(some.size() - done.size());
      journal.crowded().ifPresent(this::moveOn);
    }
  }

  // ---- to the tier

  private Set<Pending> carriedOut(List<Pending> some) {
    Set<Pending> done = ConcurrentHashMap.newKeySet();
    List<CompletableFuture<Void>> under = new ArrayList<>(some.size());
    for (Pending one : some) {
      places.acquireUninterruptibly();
      under.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  if (carryOut(one)) {
                    done.add(one);
                  }
                } finally {
                  places.release();
                }
              },
              calls));
    }
    try {
      CompletableFuture.allOf(under.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException unexpected) {
      failed.increment(); // and tried again
    }
    return done;
  }

  /// @return whether the tier has it
  private boolean carryOut(Pending one) {
    long now = clock.micros();
    Duration age = Stamps.age(one, now);
    Optional<TierValue> value =
        one.value().flatMap(of -> Stamps.stamped(of, one.version(), age, now));
    if (value.isEmpty()) {
      return remove(one); // it is a removal, or has waited too long to live
    }
    return switch (tier.write(one.key(), value.get(), Precondition.NONE, one.version())) {
      case TierWrite.Stored _ -> true;
      case TierWrite.TooLarge() -> {
        lost.increment();
        yield remove(one);
      }
      case TierWrite.Unavailable _ -> false;
      case TierWrite.PreconditionFailed _, TierWrite.Overtaken _ ->
          throw new IllegalStateException("a write without a precondition is not refused so");
    };
  }

  private boolean remove(Pending one) {
    return !(tier.remove(one.key(), Precondition.NONE) instanceof TierRemoval.Unavailable);
  }

  // ---- to the journal

  /// Notes in the journal that they need not be done again.
  ///
  /// @return those; nothing if the journal cannot be written
  private Set<Pending> settled(Set<Pending> done) {
    if (done.isEmpty()) {
      return Set.of();
    }
    List<JournalRecord> records = new ArrayList<>(done.size());
    done.forEach(one -> records.add(new JournalRecord.Settled(one.key(), one.number())));
    try {
      var _ = journal.append(records).join();
      return new HashSet<>(done);
    } catch (CompletionException notKept) {
      failed.increment(); // it is done again, which does no harm
      return Set.of();
    }
  }

  /// Writes again what has still to be done of the oldest file, so that it can go.
  private void moveOn(int file) {
    List<Pending> old = backlog.all(placed -> placed.file() == file);
    for (int from = 0; from < old.size(); from += TOGETHER) {
      List<Pending> some = old.subList(from, Math.min(old.size(), from + TOGETHER));
      List<JournalRecord> records = new ArrayList<>(some.size());
      some.forEach(one -> records.add(new JournalRecord.ToDo(seal.sealed(one))));
      int into;
      try {
        into = journal.append(records).join();
      } catch (CompletionException notKept) {
        return;
      }
      for (Pending one : some) {
        journal.release(backlog.move(one, into) ? file : into);
      }
    }
  }

  /// Waits for what is under way.
  @Override
  public void close() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    calls.shutdown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
