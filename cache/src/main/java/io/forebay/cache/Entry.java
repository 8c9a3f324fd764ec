package io.forebay.cache;

import java.util.List;
import java.util.Map;

/// An entry as a reader holds it: its facts and value do not change under the reader, even when the
/// cache has replaced, evicted or invalidated it since; only a soft invalidation may still show.
public interface Entry<K, V> extends AutoCloseable {

  K key();

  V value();

  long version();

  List<String> tags();

  Map<String, String> metadata();

  /// Whether it is fresh at `nanoTime` (of the cache's [TimeSource]): its fresh span has not passed
  /// and no soft invalidation covers it.
  boolean isFresh(long nanoTime);

  /// Whether a soft invalidation covers it, whatever its lifetime says.
  boolean isSoftInvalidated();

  /// Time since it was stored, in nanoseconds.
  long residentNanos(long nanoTime);

  /// Fresh span that is left, in nanoseconds; negative when it is over.
  long remainingFreshNanos(long nanoTime);

  /// How long its load took, from [Cache#beginLoad] to [Cache#complete], in nanoseconds; zero if a
  /// client wrote it.
  long loadNanos();

  /// Where in the log its load began.
  Position loadBegan();

  EntryFacts<K> facts();

  /// Lets go of the value. Idempotence is not promised: close once.
  @Override
  void close();
}
