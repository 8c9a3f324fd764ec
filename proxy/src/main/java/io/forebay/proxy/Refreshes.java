package io.forebay.proxy;

import io.forebay.proxy.fetch.Fetch;
import io.forebay.proxy.fetch.Flight;
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
    switch (flights.board(need.key(), variant)) {
      case Flights.Boarding.Leads(var flight) -> start(flight, variant, order);
      case Flights.Boarding.Follows(var flight) -> {
        flight.leave();
        free.release();
      }
      case Flights.Boarding.Crowded() -> free.release();
    }
  }

  private void start(Flight flight, String variant, Fetch.Order order) {
    Thread.ofVirtual()
        .name("refresh")
        .start(() -> {
          try {
            fetch.run(flight, order);
          } finally {
            flights.ended(flight, variant);
            free.release();
          }
        });
  }

  /// Those not begun because too many were under way.
  long refused() {
    return refused.sum();
  }
}
