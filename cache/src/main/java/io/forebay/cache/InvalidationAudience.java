package io.forebay.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who hears of records on this node, and what somebody who comes late is told of the past. What
/// every [InvalidationLog] needs, however it gets its records.
///
/// All methods but [#observe] are called under the order of the log that it belongs to, one at a
/// time.
public final class InvalidationAudience {

  private final Map<String, InvalidationListener> listeners = new ConcurrentHashMap<>();
  private final List<Consumer<InvalidationRecord>> observers = new CopyOnWriteArrayList<>();

  /// So many records are kept for caches that come later; beyond that they trust nothing older.
  private static final int MAX_REMEMBERED = 4_096;

  /// What came before the first listeners, until nobody can claim it any more.
  private InvalidationJournal.@Nullable Recovered past;

  /// Records of this process that some cache without a listener may need, none older than
  /// [#unheard]. A node that joins a shared log reads it before it has caches, and what lies in a
  /// tier is to be of use to them.
  private final List<InvalidationRecord> remembered = new ArrayList<>();

  /// What was loaded before it, no cache that comes later trusts.
  private @Nullable Position unheard;

  /// Nobody yet, and nothing to tell.
  public InvalidationAudience() {}

  InvalidationAudience(InvalidationJournal.Recovered past) {
    this.past = past;
  }

  /// Lets somebody hear of every record, before the caches do.
  public void observe(Consumer<InvalidationRecord> observer) {
    observers.add(observer);
  }

  /// Puts records in force wherever they concern somebody.
  ///
  /// @return what failed unexpectedly; everyone else has heard of it
  public Failures deliver(List<InvalidationRecord> records) {
    Failures failures = new Failures();
    for (InvalidationRecord record : records) {
      for (Consumer<InvalidationRecord> observer : observers) {
        failures.guard(() -> observer.accept(record));
      }
      apply(record, failures);
    }
    return failures;
  }

  /// The same with records that have no position in the log yet: whoever observes hears of them
  /// when they do.
  public Failures deliverEarly(List<InvalidationRecord> records) {
    Failures failures = new Failures();
    records.forEach(record -> apply(record, failures));
    return failures;
  }

  private void apply(InvalidationRecord record, Failures failures) {
    Optional<String> cache = record.order().cache();
    if (cache.isPresent()) {
      InvalidationListener listener = listeners.get(cache.get());
      if (listener != null) {
        failures.guard(() -> listener.apply(record));
      } else {
        remember(record);
      }
    } else {
      listeners.values().forEach(listener -> failures.guard(() -> listener.apply(record)));
      remember(record);
    }
  }

  /// Keys of a cache are nothing for who comes later: it has none in memory, and whoever
  /// invalidates or writes one changes the tier first, or puts a barrier beside it
  /// ([io.forebay.cache.tier.TierGuard]). For keys of every cache that holds only for the caches of
  /// whoever did it.
  private void remember(InvalidationRecord record) {
    if (record.order().scope() instanceof Scope.Keys) {
      if (record.order().cache().isEmpty()) {
        distrust(record.position());
      }
      return;
    }
    if (remembered.size() >= MAX_REMEMBERED) {
      forget();
      distrust(record.position());
    } else {
      remembered.add(record);
    }
  }

  /// What is remembered becomes one floor.
  private void forget() {
    if (past != null) {
      distrust(past.last());
      past = null;
    }
    remembered.forEach(record -> distrust(record.position()));
    remembered.clear();
  }

  private void distrust(Position position) {
    if (unheard == null || unheard.compareTo(position) < 0) {
      unheard = position;
    }
  }

  /// Unexpected exceptions of listeners (out of a value's own code, say). Everyone else still hears
  /// of the batch, and its positions are used up, before the caller sees the first of them.
  public static final class Failures {
    private @Nullable RuntimeException first;

    private void guard(Runnable delivery) {
      try {
        delivery.run();
      } catch (RuntimeException unexpected) {
        if (first == null) {
          first = unexpected;
        } else {
          first.addSuppressed(unexpected);
        }
      }
    }

    /// Throws the first of them, if there is one.
    public void rethrow() {
      if (first != null) {
        throw first;
      }
    }
  }

  /// @throws IllegalStateException if the name has a listener already
  public void subscribe(String cache, InvalidationListener listener) {
    if (listeners.putIfAbsent(cache, listener) != null) {
      throw new IllegalStateException("the log already has a cache called " + cache);
    }
    if (past != null) {
      tellThePast(past, cache, listener);
    }
    for (InvalidationRecord record : remembered) {
      if (record.order().concerns(cache)) {
        listener.restore(raised(record));
      }
    }
    if (unheard != null) {
      listener.distrustBefore(unheard);
    }
  }

  private static BarrierSnapshot raised(InvalidationRecord record) {
    InvalidationOrder order = record.order();
    return new BarrierSnapshot(
        Optional.empty(),
        List.of(new BarrierSnapshot.Raised(record.position(), order.mode(), order.scope())));
  }

  private static void tellThePast(
      InvalidationJournal.Recovered past, String cache, InvalidationListener listener) {
    tell(past.summary(), cache, listener);
    for (InvalidationRecord record : past.since()) {
      if (record.order().concerns(cache)) {
        listener.apply(record);
      }
    }
  }

  private static void tell(
      InvalidationJournal.Summary summary, String cache, InvalidationListener listener) {
    BarrierSnapshot snapshot = summary.caches().get(cache);
    if (snapshot != null) {
      listener.restore(snapshot);
    } else {
      summary.floorOfOthers().ifPresent(listener::distrustBefore);
    }
  }

  /// Ends what [#subscribe] began. Idempotent.
  ///
  /// @param last the newest position: a cache of this name that comes later trusts nothing older
  public void unsubscribe(String cache, InvalidationListener listener, Position last) {
    if (listeners.remove(cache, listener)) {
      distrust(last);
    }
  }

  /// What was loaded before `position` is not to be trusted by anybody, who comes later included.
  public void distrustBefore(Position position) {
    listeners.values().forEach(listener -> listener.distrustBefore(position));
    past = null;
    remembered.clear();
    distrust(position);
  }

  /// Tells everybody what is left of records that nobody here has heard of; who comes later
  /// included.
  public void restore(InvalidationJournal.Summary summary) {
    listeners.forEach((cache, listener) -> tell(summary, cache, listener));
    past = new InvalidationJournal.Recovered(summary.upTo(), summary, List.of());
    remembered.clear();
  }

  /// What is left of everything up to `last`. What nobody has claimed by now becomes one floor.
  public InvalidationJournal.Summary summary(Position last) {
    Map<String, BarrierSnapshot> caches = new HashMap<>();
    listeners.forEach((cache, listener) ->
        caches.put(
            cache,
            listener.vouchesForCopies() ? listener.snapshot() : BarrierSnapshot.floorAt(last)));
    forget();
    return new InvalidationJournal.Summary(last, caches, Optional.ofNullable(unheard));
  }
}
