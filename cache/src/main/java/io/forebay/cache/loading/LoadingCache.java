package io.forebay.cache.loading;

import io.forebay.cache.Cache;
import io.forebay.cache.Entry;
import io.forebay.cache.Lifetime;
import io.forebay.cache.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Reads through a [Cache]: answers from it if it can, else asks the source, once per key however
/// many ask.
///
/// ```java
/// LoadingCache<String, Product> products =
///     LoadingCache.over(cache)
///         .policy(LoadPolicy.DEFAULT.withStaleIfError(Duration.ofHours(1)))
///         .build();
/// Product product = products.get("42", key -> Optional.of(fetch(key))).orThrow();
/// ```
///
/// **Promises.** At most one load of a key is under way. A value whose load began before an
/// acknowledged invalidation or write of its key is given only to the caller that began that load,
/// who asked before it. A caller waits no longer than the policy's timeouts. The cache may be used
/// directly beside it.
///
/// Thread-safe; may block the caller, best called on virtual threads.
public final class LoadingCache<K extends Comparable<? super K>, V> {

  private final Cache<K, V> cache;
  private final LoadPolicy policy;
  private final TimeSource time;
  private final boolean remembersAbsence;
  private final Supplier<RandomGenerator> random;
  private final LoadCounters counters = new LoadCounters();
  private final Flights<K, V> flights;

  private LoadingCache(Builder<K, V> settings) {
    this.cache = settings.cache;
    this.policy = settings.policy;
    this.time = settings.time;
    this.remembersAbsence = settings.absence != null;
    this.random = settings.random;
    this.flights = new Flights<>(cache, policy, settings.absence, random, counters);
  }

  /// Starts a reader through `cache`.
  public static <K extends Comparable<? super K>, V> Builder<K, V> over(Cache<K, V> cache) {
    return new Builder<>(cache);
  }

  /// Collects what a [LoadingCache] needs.
  public static final class Builder<K extends Comparable<? super K>, V> {
    private final Cache<K, V> cache;
    private LoadPolicy policy = LoadPolicy.DEFAULT;
    private TimeSource time = TimeSource.SYSTEM;
    private Supplier<RandomGenerator> random = ThreadLocalRandom::current;
    private Flights.@Nullable Absence<V> absence;

    private Builder(Cache<K, V> cache) {
      this.cache = cache;
    }

    public Builder<K, V> policy(LoadPolicy policy) {
      this.policy = policy;
      return this;
    }

    /// The cache's own clock.
    public Builder<K, V> timeSource(TimeSource time) {
      this.time = time;
      return this;
    }

    /// Where early refresh and jitter get their chance from; a seeded one makes a test repeatable.
    public Builder<K, V> random(Supplier<RandomGenerator> random) {
      this.random = random;
      return this;
    }

    /// Remembers for `lifetime` that the source has nothing for a key, in an entry of the same
    /// cache, so that it is evicted, listed, invalidated and overwritten like any other.
    ///
    /// @param placeholder what such an entry holds; its content means nothing
    public Builder<K, V> rememberAbsence(V placeholder, Duration lifetime) {
      this.absence = new Flights.Absence<>(placeholder, Lifetime.of(lifetime));
      return this;
    }

    public LoadingCache<K, V> build() {
      return new LoadingCache<>(this);
    }
  }

  /// The value of `key`, from the cache or by `loader`.
  ///
  /// @throws LoadException if there is none to answer with
  public Answer<V> get(K key, Loader<K, V> loader) {
    long began = System.nanoTime();
    while (true) {
      Entry<K, V> entry = cache.get(key);
      if (entry != null) {
        Answer<V> served = serve(entry, loader);
        if (served != null) {
          return served;
        }
      }
      Flights.Booking<K, V> booking = flights.book(key);
      if (booking.part() == Flights.Part.BEGAN) {
        flights.begin(booking, loader, versionOf(entry));
      }
      Answer<V> answer = await(booking, entry, began);
      if (answer != null) {
        return answer;
      }
    }
  }

  /// As [#get] for each of `keys`, asking the source once for all that are missing and not already
  /// being loaded. The answers are in the order of `keys`; close each.
  ///
  /// @throws LoadException if one of them has no answer; none is returned then
  public Map<K, Answer<V>> getAll(Collection<K> keys, BulkLoader<K, V> loader) {
    Map<K, @Nullable Answer<V>> answers = new LinkedHashMap<>();
    Map<K, Entry<K, V>> stale = new LinkedHashMap<>();
    List<Flights.Booking<K, V>> bookings = new ArrayList<>();
    Loader<K, V> single =
        key -> Optional.ofNullable(loader.loadAll(java.util.Set.of(key)).get(key));
    for (K key : keys) {
      if (answers.containsKey(key)) {
        continue;
      }
      Entry<K, V> entry = cache.get(key);
      Answer<V> served = entry == null ? null : serve(entry, single);
      answers.put(key, served);
      if (served == null) {
        bookings.add(flights.book(key));
        if (entry != null) {
          stale.put(key, entry);
        }
      }
    }
    List<Flights.Booking<K, V>> begun =
        bookings.stream().filter(booking -> booking.part() == Flights.Part.BEGAN).toList();
    if (!begun.isEmpty()) {
      flights.beginTogether(begun, loader);
    }
    return awaitAll(answers, stale, bookings, single);
  }

  private Map<K, Answer<V>> awaitAll(
      Map<K, @Nullable Answer<V>> answers,
      Map<K, Entry<K, V>> stale,
      List<Flights.Booking<K, V>> bookings,
      Loader<K, V> single) {
    long began = System.nanoTime();
    LoadException failure = null;
    for (Flights.Booking<K, V> booking : bookings) {
      try {
        Answer<V> answer = await(booking, stale.get(booking.key()), began);
        answers.put(booking.key(), answer != null ? answer : get(booking.key(), single));
      } catch (LoadException e) {
        failure = e;
      }
    }
    Map<K, Answer<V>> complete = new LinkedHashMap<>();
    answers.forEach((key, answer) -> {
      if (answer != null) {
        complete.put(key, answer);
      }
    });
    if (failure != null) {
      complete.values().forEach(Answer::close);
      throw failure;
    }
    return complete;
  }

  /// Callers that wait for a load of `key` now.
  public int waiting(K key) {
    return flights.waiting(key);
  }

  public LoadStatistics statistics() {
    return counters.sum();
  }

  // ---- with an entry

  /// Answers with an entry if the policy allows it as it is; null if a load has to be waited for,
  /// and then the entry stays open.
  private @Nullable Answer<V> serve(Entry<K, V> entry, Loader<K, V> loader) {
    long now = time.nanoTime();
    LoadPolicy.Use use =
        policy.use(
            entry.isFresh(now),
            entry.remainingFreshNanos(now),
            entry.loadNanos(),
            policy.earlyRefresh() > 0 ? random.get().nextDouble() : 0);
    return switch (use) {
      case SERVE -> answer(entry, Answer.Provenance.HIT);
      case SERVE_AND_REFRESH_EARLY -> {
        if (flights.beginInBackground(entry.key(), loader, versionOf(entry))) {
          counters.refreshesEarly.increment();
        }
        yield answer(entry, Answer.Provenance.HIT);
      }
      case SERVE_STALE_AND_REFRESH -> {
        if (flights.beginInBackground(entry.key(), loader, versionOf(entry))) {
          counters.refreshesWhileStale.increment();
        }
        yield answer(entry, Answer.Provenance.STALE_WHILE_REVALIDATING);
      }
      case LOAD -> null;
    };
  }

  /// The entry's reference passes to the answer.
  private Answer<V> answer(Entry<K, V> entry, Answer.Provenance provenance) {
    if (remembersAbsence && entry.metadata().containsKey(Flights.ABSENCE_MARK)) {
      entry.close();
      return new Answer<>(null, provenance);
    }
    return new Answer<>(entry.value(), provenance);
  }

  private OptionalLong versionOf(@Nullable Entry<K, V> entry) {
    return entry == null ? OptionalLong.empty() : OptionalLong.of(entry.version());
  }

  // ---- waiting

  /// Waits for a load; null if one must look into the cache again. The stale entry, if any, is
  /// closed or passes to the answer.
  private @Nullable Answer<V> await(
      Flights.Booking<K, V> booking, @Nullable Entry<K, V> stale, long beganNanos) {
    boolean hasStandIn =
        stale != null && policy.mayServeOnError(stale.remainingFreshNanos(time.nanoTime()));
    long nanos = patienceNanos(hasStandIn, System.nanoTime() - beganNanos);
    try {
      if (booking.part() == Flights.Part.TOO_LATE) {
        return awaitAnother(booking, stale, hasStandIn, nanos);
      }
      Landing<V> landing = booking.flight().await(nanos);
      if (landing == null) {
        return standInOnTimeout(booking.key(), stale, hasStandIn);
      }
      return land(booking, landing, stale, hasStandIn);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close(stale);
      throw new LoadException(
          LoadException.Reason.INTERRUPTED, "interrupted while waiting for " + booking.key(), e);
    }
  }

  private @Nullable Answer<V> awaitAnother(
      Flights.Booking<K, V> booking, @Nullable Entry<K, V> stale, boolean hasStandIn, long nanos)
      throws InterruptedException {
    if (!booking.flight().awaitOutside(nanos)) {
      return standInOnTimeout(booking.key(), stale, hasStandIn);
    }
    close(stale);
    return null;
  }

  private long patienceNanos(boolean hasStandIn, long waitedNanos) {
    Optional<Duration> span =
        hasStandIn && policy.softTimeout().isPresent()
            ? policy.softTimeout()
            : policy.hardTimeout();
    return span.map(patience -> Math.max(0, patience.toNanos() - waitedNanos))
        .orElse(Long.MAX_VALUE);
  }

  private @Nullable Answer<V> land(
      Flights.Booking<K, V> booking,
      Landing<V> landing,
      @Nullable Entry<K, V> stale,
      boolean hasStandIn) {
    boolean began = booking.part() == Flights.Part.BEGAN;
    return switch (landing) {
      case Landing.Shared<V>(V value) -> {
        close(stale);
        if (!began) {
          counters.followed.increment();
        }
        yield new Answer<>(value, began ? Answer.Provenance.LOADED : Answer.Provenance.FOLLOWED);
      }
      case Landing.Overtaken<V>(V value) -> {
        close(stale);
        Answer<V> answer = new Answer<>(value, Answer.Provenance.LOADED);
        if (began) {
          yield answer;
        }
        answer.close();
        yield null;
      }
      case Landing.Failed<V>(Throwable cause) -> {
        if (stale != null && hasStandIn) {
          counters.servedStaleOnError.increment();
          yield answer(stale, Answer.Provenance.STALE_ON_ERROR);
        }
        close(stale);
        throw new LoadException(
            LoadException.Reason.FAILED, "could not load " + booking.key(), cause);
      }
    };
  }

  private Answer<V> standInOnTimeout(K key, @Nullable Entry<K, V> stale, boolean hasStandIn) {
    if (stale != null && hasStandIn) {
      counters.servedStaleOnTimeout.increment();
      return answer(stale, Answer.Provenance.STALE_ON_TIMEOUT);
    }
    close(stale);
    counters.timeouts.increment();
    throw new LoadException(
        LoadException.Reason.TIMED_OUT, key + " was not loaded in time; the load goes on", null);
  }

  private static void close(@Nullable Entry<?, ?> entry) {
    if (entry != null) {
      entry.close();
    }
  }
}
