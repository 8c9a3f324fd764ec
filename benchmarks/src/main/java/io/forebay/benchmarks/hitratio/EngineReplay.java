package io.forebay.benchmarks.hitratio;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Precondition;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/// A trace through whole caches, ours and Caffeine, with what both offer switched on: a lifetime
/// for each entry, and statistics. A read, then a write on a miss.
final class EngineReplay {

  private static final Duration LIFETIME = Duration.ofHours(1);

  private EngineReplay() {}

  static Replay ofOurs(Trace trace, String policy, long entries) {
    Integer[] keys = keys(trace);
    Lifetime lifetime = Lifetime.of(LIFETIME);
    try (Cache<Integer, Integer> cache =
        new CacheBuilder<Integer, Integer>("replay")
            .maxEntries(entries)
            .evictionPolicy(policy)
            .build()) {
      return run(
          trace,
          id -> {
            try (Entry<Integer, Integer> found = cache.get(keys[id])) {
              return found != null;
            }
          },
          id -> cache.put(keys[id], Draft.of(keys[id], lifetime), Precondition.NONE));
    }
  }

  static Replay ofCaffeine(Trace trace, long entries) {
    Integer[] keys = keys(trace);
    com.github.benmanes.caffeine.cache.Cache<Integer, Integer> cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(entries)
            .expireAfter(Expiry.writing((Integer _, Integer _) -> LIFETIME))
            .recordStats()
            .build();
    return run(
        trace, id -> cache.getIfPresent(keys[id]) != null, id -> cache.put(keys[id], keys[id]));
  }

  private static Replay run(Trace trace, IntPredicate get, IntConsumer put) {
    long hits = 0;
    long start = ProcessorTime.nanos();
    for (int id : trace.ids()) {
      if (get.test(id)) {
        hits++;
      } else {
        put.accept(id);
      }
    }
    long nanos = ProcessorTime.nanos() - start;
    return new Replay(trace.requests(), hits, 0, 0, 0, nanos);
  }

  private static Integer[] keys(Trace trace) {
    Integer[] keys = new Integer[trace.largestId() + 1];
    for (int id : trace.ids()) {
      if (keys[id] == null) {
        keys[id] = id;
      }
    }
    return keys;
  }
}
