package io.forebay.proxy;

import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flights;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/// Fetches in the background, for pages that were served stale; at most so many at a time.
final class Refreshes {

  private final Flights flights;
  private final Fetch fetch;
  private final Semaphore free;
  private final LongAdder refused = new LongAdder();

  /// @param max under way at once; beyond it they are left to a later request
  Refreshes(Flights flights, Fetch fetch, int max) {
    this.flights = flights;
    this.fetch = fetch;
    this.free = new Semaphore(max);
  }

  /// Begins, unless the page is being fetched already.
  void begin(Need need, String variant, Fetch.Order order) {
    if (!free.tryAcquire()) {
      refused.increment();
      return;
    }
    Flights.Boarding boarding = flights.board(need.key(), variant);
    if (!boarding.leads()) {
      boarding.flight().leave();
      free.release();
      return;
    }
    Thread.ofVirtual()
        .name("refresh")
        .start(() -> {
          try {
            fetch.run(boarding.flight(), order);
          } finally {
            flights.ended(boarding.flight(), variant);
            free.release();
          }
        });
  }

  /// Those not begun because too many were under way.
  long refused() {
    return refused.sum();
  }
}
