package io.forebay.proxy.fetch;

import io.forebay.http.caching.CacheKey;
import io.forebay.proxy.pages.PageLoad;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/// The table of fetches under way, which collapses requests: whoever asks for what is already being
/// fetched waits for that fetch's response head.
///
/// It holds at most one flight for each exchange or refresh under way, so their bounds are its
/// bound.
public final class Flights {

  private final PageStore pages;
  private final int maxFollowers;
  private final ConcurrentMap<String, Flight> underWay = new ConcurrentHashMap<>();
  private final LongAdder collapsed = new LongAdder();
  private final LongAdder crowded = new LongAdder();

  /// @param maxFollowers that may wait for one fetch
  public Flights(PageStore pages, int maxFollowers) {
    this.pages = pages;
    this.maxFollowers = maxFollowers;
  }

  /// What became of the wish to share a fetch.
  public sealed interface Boarding {

    /// The caller must now fetch, and [#ended] the flight.
    record Leads(Flight flight) implements Boarding {}

    /// The caller waits for another's fetch.
    record Follows(Flight flight) implements Boarding {}

    /// Too many wait for it already.
    record Crowded() implements Boarding {}
  }

  /// Joins the fetch under way for the key and variant, or leads a new one.
  ///
  /// A fetch that began before an invalidation is not joined after it: its answer may be the old
  /// one.
  ///
  /// ```
  /// fetch begins (token at 7)  →  POST succeeds, invalidation 8 in force  →  GET arrives
  /// ```
  ///
  /// The GET must see the POST's effect, so it replaces the flight; those already waiting keep
  /// theirs.
  public Boarding board(CacheKey key, String variant) {
    String place = place(key, variant);
    while (true) {
      Flight present = underWay.get(place);
      if (present != null && isJoinable(present)) {
        switch (present.join(maxFollowers)) {
          case WAITS -> {
            collapsed.increment();
            return new Boarding.Follows(present);
          }
          case CROWDED -> {
            crowded.increment();
            return new Boarding.Crowded();
          }
          case GIVEN_UP -> {}
        }
      }
      PageLoad load = pages.beginLoad(key);
      Flight fresh = new Flight(key, load, true);
      boolean placed =
          present == null
              ? underWay.putIfAbsent(place, fresh) == null
              : underWay.replace(place, present, fresh);
      if (placed) {
        return new Boarding.Leads(fresh);
      }
      load.abandon();
    }
  }

  private boolean isJoinable(Flight flight) {
    return !pages.isInvalidated(flight.load(), flight.key(), List.of());
  }

  /// Whether [#board] would join a fetch under way, now.
  public boolean isUnderWay(CacheKey key, String variant) {
    Flight present = underWay.get(place(key, variant));
    return present != null && isJoinable(present);
  }

  /// A flight that nobody can join.
  ///
  /// @param mayBeGivenUp whether it ends when its client goes; not when it changes something
  public Flight alone(CacheKey key, boolean mayBeGivenUp) {
    return alone(key, Optional.empty(), mayBeGivenUp);
  }

  /// The same, for a fetch that may have begun.
  public Flight alone(CacheKey key, Optional<Ahead> ahead, boolean mayBeGivenUp) {
    PageLoad load = ahead.map(Ahead::load).orElseGet(() -> pages.beginLoad(key));
    return new Flight(key, load, mayBeGivenUp);
  }

  /// Ends a flight that need not begin: the page is in the store already.
  public void landWith(Flight flight, String variant, StoredCandidatePage page) {
    flight.land(new Landing.Confirmed(page));
    ended(flight, variant);
  }

  /// Takes the flight off the table; after its response is in the store, so that nobody asks in
  /// between.
  public void ended(Flight flight, String variant) {
    underWay.remove(place(flight.key(), variant), flight);
    flight.load().abandon();
  }

  public int underWay() {
    return underWay.size();
  }

  /// How often a request waited for another's fetch.
  public long collapsed() {
    return collapsed.sum();
  }

  /// How often a request was refused because too many waited for the same fetch.
  public long crowded() {
    return crowded.sum();
  }

  private static String place(CacheKey key, String variant) {
    return variant.isEmpty() ? key.text() : key.text() + "\n" + variant;
  }
}
