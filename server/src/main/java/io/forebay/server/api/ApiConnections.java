package io.forebay.server.api;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// The connections to the API, of all its listeners together. Thread-safe.
public final class ApiConnections {

  private final int max;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  /// @param max at one time (`api.max_connections`)
  public ApiConnections(int max) {
    this.max = max;
  }

  /// A connection has come, and counts until it has [#closed].
  ///
  /// @return whether it is one of those that may stay; if not, it is counted as refused
  boolean opened() {
    if (open.incrementAndGet() <= max) {
      return true;
    }
    refused.increment();
    return false;
  }

  void closed() {
    open.decrementAndGet();
  }

  public int open() {
    return open.get();
  }

  /// Connections closed at once because there were too many.
  public long refused() {
    return refused.sum();
  }
}
