package io.forebay.proxy.listen;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// How many connections of clients may be open at once. Thread-safe.
final class ConnectionLimit {

  private final int max;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  ConnectionLimit(int max) {
    this.max = max;
  }

  /// Counts a new connection until it is closed.
  ///
  /// @return false if it is one too many
  boolean take(Channel channel) {
    int now = open.incrementAndGet();
    channel.closeFuture().addListener(_ -> open.decrementAndGet());
    if (now <= max) {
      return true;
    }
    refused.increment();
    return false;
  }

  int open() {
    return open.get();
  }

  long refused() {
    return refused.sum();
  }
}
