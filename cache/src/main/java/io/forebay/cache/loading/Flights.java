package io.forebay.cache.loading;

import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LoadToken;
import io.forebay.cache.Precondition;
import io.forebay.cache.WriteOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The loads under way, at most one per key, each on a virtual thread of its own: so a caller can
/// stop waiting while the load goes on.
final class Flights<K extends Comparable<? super K>, V> {

  /// Marks an entry that says "the source has nothing".
  static final String ABSENCE_MARK = "forebay-absent";

  private final Cache<K, V> cache;
  private final LoadPolicy policy;
  private final @Nullable Absence<V> absence;
  private final Supplier<RandomGenerator> random;
  private final LoadCounters counters;
  private final Semaphore permits;
  private final ConcurrentMap<K, Flight<V>> underWay = new ConcurrentHashMap<>();

  Flights(
      Cache<K, V> cache,
      LoadPolicy policy,
      @Nullable Absence<V> absence,
      Supplier<RandomGenerator> random,
      LoadCounters counters) {
    this.cache = cache;
    this.policy = policy;
    this.absence = absence;
    this.random = random;
    this.counters = counters;
    this.permits = new Semaphore(policy.maxLoads());
  }

  /// What to remember when the source has nothing.
  record Absence<V>(V placeholder, Lifetime lifetime) {}

  /// How a caller takes part in a flight.
  enum Part {
    /// It began it, and is a passenger.
    BEGAN,
    /// It boarded what another began.
    FOLLOWS,
    /// It came too late to board: it may wait for the landing and then must look again.
    TOO_LATE
  }

  record Booking<K, V>(K key, Flight<V> flight, Part part) {}

  /// Boards the flight of `key` or makes a new one, which the caller then has to send off.
  Booking<K, V> book(K key) {
    while (true) {
      Flight<V> flight = new Flight<>();
      flight.board();
      Flight<V> present = underWay.putIfAbsent(key, flight);
      if (present == null) {
        return new Booking<>(key, flight, Part.BEGAN);
      }
      if (present.board()) {
        return new Booking<>(key, present, Part.FOLLOWS);
      }
      if (underWay.get(key) == present) {
        return new Booking<>(key, present, Part.TOO_LATE);
      }
    }
  }

  /// Callers that wait for the load of `key`.
  int waiting(K key) {
    Flight<V> present = underWay.get(key);
    return present == null ? 0 : present.passengers();
  }

  /// Begins a load for nobody to wait for, unless there is one or too many are under way.
  ///
  /// @return whether one was begun
  boolean beginInBackground(K key, Loader<K, V> loader, OptionalLong replacing) {
    if (underWay.containsKey(key)) {
      return false;
    }
    if (!permits.tryAcquire()) {
      counters.refreshesSkipped.increment();
      return false;
    }
    Flight<V> flight = new Flight<>();
    if (underWay.putIfAbsent(key, flight) != null) {
      permits.release();
      return false;
    }
    start(() -> {
      try {
        load(key, flight, loader, replacing);
      } finally {
        permits.release();
      }
    });
    return true;
  }

  /// Sends a new flight off.
  ///
  /// @param replacing the version that is dropped if the source has nothing any more
  void begin(Booking<K, V> booking, Loader<K, V> loader, OptionalLong replacing) {
    start(() ->
        withPermit(List.of(booking), () -> load(booking.key, booking.flight, loader, replacing)));
  }

  /// Sends several new flights off with one question to the source.
  void beginTogether(List<Booking<K, V>> bookings, BulkLoader<K, V> loader) {
    start(() -> withPermit(bookings, () -> loadAll(bookings, loader)));
  }

  private static void start(Runnable load) {
    Thread.ofVirtual().name("forebay-load").start(load);
  }

  private void withPermit(List<Booking<K, V>> bookings, Runnable load) {
    try {
      permits.acquire();
    } catch (InterruptedException e) { // only if the thread is interrupted by its own loader's code
      bookings.forEach(booking -> land(booking.key, booking.flight, new Landing.Failed<>(e)));
      return;
    }
    try {
      load.run();
    } finally {
      permits.release();
    }
  }

  private void load(K key, Flight<V> flight, Loader<K, V> loader, OptionalLong replacing) {
    LoadToken<K> token = cache.beginLoad(key);
    Landing<V> landing;
    try {
      Optional<Draft<V>> found = timed(() -> loader.load(key));
      flight.seal();
      landing = settle(token, found, replacing);
    } catch (Throwable thrown) { // errors too: whoever waits must hear of it
      landing = new Landing.Failed<>(thrown);
    }
    token.abandon();
    land(key, flight, landing);
  }

  private void loadAll(List<Booking<K, V>> bookings, BulkLoader<K, V> loader) {
    List<LoadToken<K>> tokens =
        bookings.stream().map(booking -> cache.beginLoad(booking.key)).toList();
    Set<K> keys = Set.copyOf(bookings.stream().map(Booking::key).toList());
    Map<K, Draft<V>> found = Map.of();
    Throwable failure = null;
    try {
      found = timed(() -> loader.loadAll(keys));
    } catch (Throwable thrown) { // as above
      failure = thrown;
    }
    for (int i = 0; i < bookings.size(); i++) {
      Booking<K, V> booking = bookings.get(i);
      LoadToken<K> token = tokens.get(i);
      booking.flight.seal();
      Landing<V> landing =
          failure != null
              ? new Landing.Failed<>(failure)
              : settle(token, Optional.ofNullable(found.get(booking.key)), OptionalLong.empty());
      token.abandon();
      land(booking.key, booking.flight, landing);
    }
  }

  private interface Question<T> {
    T ask() throws Exception;
  }

  private <T> T timed(Question<T> question) throws Exception {
    long began = System.nanoTime();
    boolean answered = false;
    counters.loads.increment();
    try {
      T answer = question.ask();
      answered = true;
      return answer;
    } finally {
      counters.loadNanos.add(System.nanoTime() - began);
      if (!answered) {
        counters.loadFailures.increment();
      }
    }
  }

  /// Stores what was found; the flight is sealed.
  private Landing<V> settle(LoadToken<K> token, Optional<Draft<V>> found, OptionalLong replacing) {
    if (found.isEmpty()) {
      return settleAbsence(token, replacing);
    }
    Draft<V> draft = found.get();
    Lifetime lifetime = policy.applyTo(draft.lifetime(), random.get().nextDouble());
    try {
      return landing(
          draft.value(),
          cache.complete(
              token, new Draft<>(draft.value(), lifetime, draft.tags(), draft.metadata())));
    } catch (RuntimeException rejected) { // a draft that the cache cannot take
      return new Landing.Failed<>(rejected);
    }
  }

  private Landing<V> settleAbsence(LoadToken<K> token, OptionalLong replacing) {
    if (absence == null) {
      replacing.ifPresent(
          version -> cache.remove(token.key(), new Precondition.VersionIn(Set.of(version))));
      return new Landing.Shared<>(null);
    }
    Map<String, String> mark = Map.of(ABSENCE_MARK, "true");
    return landing(
        null,
        cache.complete(
            token, new Draft<>(absence.placeholder(), absence.lifetime(), List.of(), mark)));
  }

  private Landing<V> landing(@Nullable V value, WriteOutcome outcome) {
    return switch (outcome) {
      case WriteOutcome.Stored _ -> new Landing.Shared<>(value);
      case WriteOutcome.PreconditionFailed _ ->
          throw new IllegalStateException("a load has no precondition");
      case WriteOutcome.Refused(WriteOutcome.Reason reason) -> {
        counters.notStored.increment();
        yield switch (reason) {
          case INVALIDATED_SINCE, OVERTAKEN -> new Landing.Overtaken<>(value);
          case TOO_LARGE, NOT_ADMITTED, CLOSED -> new Landing.Shared<>(value);
        };
      }
    };
  }

  /// The flight leaves the list before it lands: who comes now looks into the cache or begins anew.
  private void land(K key, Flight<V> flight, Landing<V> landing) {
    flight.seal();
    underWay.remove(key, flight);
    flight.land(landing);
  }
}
