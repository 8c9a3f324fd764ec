package io.forebay.cache;

import io.forebay.cache.policy.ShadowCache.Arrival;
import org.jspecify.annotations.Nullable;

/// Who else hears what happens in a cache: a listener of the program's, and the shadows that answer
/// "what if". Both may be missing, which costs a look at a null.
///
/// Nothing here waits or throws.
final class Witnesses<K extends Comparable<? super K>, V> {

  private final LiveWhatIf<K, V> whatIf;
  private final @Nullable Announcer<K> announcer;
  private final Clocks clocks;

  Witnesses(LiveWhatIf<K, V> whatIf, @Nullable Announcer<K> announcer, Clocks clocks) {
    this.whatIf = whatIf;
    this.announcer = announcer;
    this.clocks = clocks;
  }

  /// A read found this.
  void hit(Resident<K, V> resident) {
    Sampler sampler = whatIf.sampler();
    if (sampler != null) {
      sampler.hit(resident);
    }
  }

  /// A read found nothing.
  void missed(K key) {
    Sampler sampler = whatIf.sampler();
    if (sampler != null) {
      sampler.missed(Table.spread(key));
    }
  }

  /// A value came.
  void written(Resident<K, V> resident, Arrival arrival) {
    Sampler sampler = whatIf.sampler();
    if (sampler != null) {
      sampler.written(resident, arrival);
    }
  }

  /// A value left the table, or never came in.
  void left(Resident<K, V> resident, Departure.Cause cause) {
    Sampler sampler = whatIf.sampler();
    if (sampler != null) {
      switch (cause) {
        case INVALIDATED, REMOVED -> sampler.removed(resident.hash);
        case EVICTED_FOR_BYTES, EVICTED_FOR_ENTRIES, EXPIRED, REPLACED, REFUSED -> {}
      }
    }
    if (announcer != null) {
      announce(resident.key(), cause);
    }
  }

  /// Tells the listener alone.
  void announce(K key, Departure.Cause cause) {
    if (announcer != null) {
      announcer.announce(new Departure<>(key, cause, clocks.wallAt(clocks.nanoTime())));
    }
  }

  long notificationsDropped() {
    return announcer == null ? 0 : announcer.dropped();
  }
}
