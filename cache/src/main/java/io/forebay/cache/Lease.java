package io.forebay.cache;

/// How long this node may trust what it knows of invalidations. Past its end the node is *suspect*:
/// others may have been promised that something is invalidated of which it has not heard.
///
/// An entry is fresh to whoever serves it only if the lease is not over, asked *before* the entry
/// is looked up and again *after* that. Each alone is not enough:
///
/// ```
/// reader                         log
///                                the lease ends; others are promised an invalidation
/// begins, finds the old entry
///                                hears of the invalidation, extends the lease
/// asks: it is not over
/// ```
///
/// And a process that is stopped after it has asked would serve, however late, what it missed.
///
/// Thread-safe; asking is one read.
public final class Lease {

  /// Of a node that shares its log with nobody.
  public static final Lease ENDLESS = new Lease(true);

  private final boolean endless;
  private volatile boolean granted;
  private volatile long untilNanos;

  private Lease(boolean endless) {
    this.endless = endless;
  }

  /// A lease that is over until it is extended.
  public static Lease ended() {
    return new Lease(false);
  }

  /// Whether it has ended.
  ///
  /// @param nanoTime now, of the node's [TimeSource]
  public boolean isOver(long nanoTime) {
    return !endless && (!granted || untilNanos - nanoTime <= 0);
  }

  /// Time left in nanoseconds; zero if it is over, `Long.MAX_VALUE` if it never will be.
  public long leftNanos(long nanoTime) {
    if (endless) {
      return Long.MAX_VALUE;
    }
    return isOver(nanoTime) ? 0 : untilNanos - nanoTime;
  }

  /// Moves its end; for the log, one thread at a time.
  public void extendTo(long nanoTime) {
    if (!granted || nanoTime - untilNanos > 0) {
      untilNanos = nanoTime;
      granted = true;
    }
  }

  /// Ends it now; for the log.
  public void end() {
    granted = false;
  }
}
