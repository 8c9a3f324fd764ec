package io.forebay.benchmarks.hitratio;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.forebay.benchmarks.hitratio.Contender.Bounds;

/// A trace through Caffeine, as its own simulator does it: maintenance on the calling thread, a
/// read, then a write on a miss.
final class CaffeineReplay {

  private CaffeineReplay() {}

  static Replay of(Trace trace, Bounds bounds) {
    Integer[] keys = new Integer[trace.largestId() + 1];
    for (int id : trace.ids()) {
      if (keys[id] == null) {
        keys[id] = id;
      }
    }
    Cache<Integer, Integer> cache = build(bounds);
    int[] ids = trace.ids();
    int[] sizes = trace.sizes();
    long hits = 0;
    long hitBytes = 0;
    long start = ProcessorTime.nanos();
    for (int i = 0; i < ids.length; i++) {
      Integer key = keys[ids[i]];
      if (cache.getIfPresent(key) == null) {
        cache.put(key, bounds.isInBytes() ? (Integer) sizes[i] : key);
      } else {
        hits++;
        hitBytes += sizes[i];
      }
    }
    cache.cleanUp();
    long nanos = ProcessorTime.nanos() - start;
    return new Replay(ids.length, hits, hitBytes, trace.bytes(), cache.estimatedSize(), nanos);
  }

  private static Cache<Integer, Integer> build(Bounds bounds) {
    Caffeine<Object, Object> builder = Caffeine.newBuilder().executor(Runnable::run);
    if (bounds.isInBytes()) {
      return builder
          .maximumWeight(bounds.limit())
          .weigher((Integer key, Integer size) -> size)
          .build();
    }
    return builder.maximumSize(bounds.limit()).build();
  }
}
