package io.forebay.server.predict;

import io.forebay.cache.Departure;
import io.forebay.cache.TimeSource;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.caches.WriteObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;

/// Learns how often each class of keys changes, from what happens to entries and pages anyway:
///
/// - a value was overwritten while it was fresh: it changed then, or not if it is the same;
/// - an entry was deleted or invalidated: it changed then;
/// - a value was written again after its time, or a page came back from its origin: it changed at
///   least once meanwhile, or not if it is the same (304).
///
/// What was last seen of a key stands in a table of fixed size where keys may displace each other;
/// what is learned of classes in a map that stops growing. Thread-safe; nothing waits.
public final class ChangeLearning implements WriteObserver {

  static final int MAX_CLASSES = 10_000;
  private static final int SLOTS = 1 << 16;

  /// Then what was learned is worth half, so that what comes counts more than what was.
  private static final double FORGET_AT_CHANGES = 200;

  private final TimeSource time;
  private final ChangeRate first;
  private final AtomicReferenceArray<Seen> seen = new AtomicReferenceArray<>(SLOTS);
  private final ConcurrentHashMap<String, Evidence> classes = new ConcurrentHashMap<>();
  private final LongAdder observations = new LongAdder();
  private final LongAdder classesRefused = new LongAdder();

  /// What was last seen of a key.
  ///
  /// @param content a checksum; empty if it is not known
  /// @param gone whether it was invalidated since, which counted as its change
  private record Seen(
      long key,
      long sinceNanos,
      long freshUntilNanos,
      Optional<Long> content,
      boolean gone,
      List<String> classes) {

    Seen asGone() {
      return new Seen(key, sinceNanos, freshUntilNanos, content, true, classes);
    }
  }

  /// Changes that were counted, and the seconds in which.
  private record Evidence(double changes, double seconds) {
    static final Evidence NONE = new Evidence(0, 0);

    Evidence plus(double moreChanges, double moreSeconds) {
      double keep = changes > FORGET_AT_CHANGES ? 0.5 : 1;
      return new Evidence(keep * changes + moreChanges, keep * seconds + moreSeconds);
    }
  }

  /// @param firstTtl the lifetime before anything is known
  /// @param share of values that may change within their lifetime
  public ChangeLearning(TimeSource time, Duration firstTtl, double share) {
    this.time = time;
    this.first = ChangeRate.prior(firstTtl.toMillis() / 1000.0, share);
  }

  // ---- what is believed

  /// The belief about a key, narrow classes resting on what is known of broader ones, and the
  /// narrowest class about which anything was learned.
  public Prediction.Basis basis(String key, Optional<StoredValue> value) {
    return basis(KeyClass.of(key, value));
  }

  private Prediction.Basis basis(List<String> narrowFirst) {
    ChangeRate belief = first;
    String known = KeyClass.ROOT;
    for (String name : narrowFirst.reversed()) {
      Evidence evidence = classes.get(name);
      if (evidence != null) {
        belief = belief.inherited().with(evidence.changes(), evidence.seconds());
        known = name;
      }
    }
    return new Prediction.Basis(known, belief);
  }

  // ---- what is seen

  @Override
  public void written(String cache, String key, StoredValue value, Duration fresh) {
    long now = time.nanoTime();
    note(
        new Seen(
            hash(cache, key),
            now,
            now + fresh.toNanos(),
            Optional.of(checksum(value.bytes())),
            false,
            KeyClass.of(key, Optional.of(value))));
  }

  @Override
  public void deleted(String cache, String key) {
    goneNow(hash(cache, key));
  }

  /// Something left a cache.
  public void departed(String cache, Departure<String> departure) {
    if (departure.cause() == Departure.Cause.INVALIDATED) {
      goneNow(hash(cache, departure.key()));
    }
  }

  /// A page came from its origin and was kept.
  ///
  /// @param unchanged whether the origin said that the stored one is still right
  public void fetched(String url, boolean unchanged) {
    long key = hash("pages", url);
    long now = time.nanoTime();
    Seen before = seen.get(slot(key));
    if (unchanged && before != null && before.key() == key && !before.gone()) {
      observe(before.classes(), 0, seconds(now - before.sinceNanos()));
    }
    Seen next =
        new Seen(key, now, now, Optional.empty(), false, KeyClass.of(url, Optional.empty()));
    if (unchanged) {
      seen.set(slot(key), next);
    } else {
      note(next);
    }
  }

  private void note(Seen next) {
    Seen before = seen.getAndSet(slot(next.key()), next);
    if (before == null || before.key() != next.key() || before.gone()) {
      return;
    }
    double span = seconds(next.sinceNanos() - before.sinceNanos());
    if (before.content().isPresent() && before.content().equals(next.content())) {
      observe(before.classes(), 0, span);
    } else if (next.sinceNanos() - before.freshUntilNanos() < 0) {
      observe(before.classes(), 1, span);
    } else {
      double changes = basis(before.classes()).rate().expectedIfAny(span);
      observe(before.classes(), changes, span);
    }
  }

  private void goneNow(long key) {
    Seen before = seen.get(slot(key));
    if (before != null
        && before.key() == key
        && !before.gone()
        && seen.compareAndSet(slot(key), before, before.asGone())) {
      observe(before.classes(), 1, seconds(time.nanoTime() - before.sinceNanos()));
    }
  }

  private void observe(List<String> names, double changes, double seconds) {
    observations.increment();
    for (String name : names) {
      if (classes.size() >= MAX_CLASSES && !classes.containsKey(name)) {
        classesRefused.increment();
      } else {
        classes.merge(
            name, Evidence.NONE.plus(changes, seconds), (known, _) -> known.plus(changes, seconds));
      }
    }
  }

  private static double seconds(long nanos) {
    return Math.max(0, nanos) / 1e9;
  }

  private static int slot(long key) {
    return (int) (key & (SLOTS - 1));
  }

  /// Two keys of one hash would only blur what is learned.
  private static long hash(String cache, String key) {
    long hash = 31L * cache.hashCode() + key.length();
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return hash;
  }

  private static long checksum(byte[] bytes) {
    var checksum = new CRC32C();
    checksum.update(bytes);
    return checksum.getValue() << 24 ^ bytes.length;
  }

  // ---- figures

  public int classes() {
    return classes.size();
  }

  /// Times that a class was not learned because there are [#MAX_CLASSES].
  public long classesRefused() {
    return classesRefused.sum();
  }

  public long observations() {
    return observations.sum();
  }
}
