package io.forebay.proxy.origin;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for one source's origins, again and again, on a virtual thread. What was found stays until
/// something else is found: a name server that is gone, an empty answer or a wrong file change
/// nothing.
final class Search implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Search.class);

  private static final Duration LONGEST_PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

  private final String pool;
  private final OriginSource source;
  private final Finder finder;
  private final Runnable changed;
  private final Semaphore wake = new Semaphore(0);

  private volatile @Nullable List<OriginSource> found;
  private volatile @Nullable String problem;
  private final LongAdder failures = new LongAdder();
  private volatile boolean isClosed;

  /// @param changed called when something else was found, when looking failed or works again; and
  ///   after the first look in any case
  Search(String pool, OriginSource source, Finder finder, Runnable changed) {
    this.pool = pool;
    this.source = source;
    this.finder = finder;
    this.changed = changed;
  }

  void start() {
    Thread.ofVirtual().name("origins of " + pool).start(this::run);
  }

  private void run() {
    int failuresInARow = 0;
    while (!isClosed) {
      Duration pause;
      try {
        Finder.Found now = finder.look();
        if (now.sources().isEmpty()) {
          throw new IOException("the answer names no origin");
        }
        pause = now.again();
        failuresInARow = 0;
        note(now.sources());
      } catch (IOException | RuntimeException e) {
        pause = pauseAfter(failuresInARow++);
        noteFailure(e);
      }
      awaitNext(pause);
    }
    finder.close();
  }

  private static Duration pauseAfter(int failuresInARow) {
    Duration pause = Duration.ofSeconds(1L << Math.min(failuresInARow, 8));
    return pause.compareTo(LONGEST_PAUSE_AFTER_FAILURE) < 0 ? pause : LONGEST_PAUSE_AFTER_FAILURE;
  }

  private void awaitNext(Duration pause) {
    try {
      var _ = wake.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      isClosed = true;
    }
  }

  private void note(List<OriginSource> now) {
    boolean isNews = !now.equals(found) || problem != null;
    if (isClosed || !isNews) {
      return;
    }
    log.atInfo()
        .addKeyValue("pool", pool)
        .addKeyValue("source", source)
        .addKeyValue("origins", now)
        .log("origins found");
    found = now;
    problem = null;
    changed.run();
  }

  private void noteFailure(Exception e) {
    failures.increment();
    String why = String.valueOf(e.getMessage());
    boolean isNews = !why.equals(problem);
    if (isClosed || !isNews) {
      return;
    }
    log.atWarn()
        .addKeyValue("pool", pool)
        .addKeyValue("source", source)
        .addKeyValue("why", why)
        .addKeyValue("kept", found == null ? "nothing" : found)
        .log("origins could not be looked up");
    problem = why;
    changed.run();
  }

  OriginSource source() {
    return source;
  }

  /// Null until something was found.
  @Nullable List<OriginSource> found() {
    return found;
  }

  /// Why the last look failed; null if it did not.
  @Nullable String problem() {
    return problem;
  }

  boolean hasLooked() {
    return found != null || problem != null;
  }

  long failures() {
    return failures.sum();
  }

  @Override
  public void close() {
    isClosed = true;
    wake.release();
  }
}
