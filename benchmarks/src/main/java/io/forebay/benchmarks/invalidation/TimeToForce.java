package io.forebay.benchmarks.invalidation;

import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How long an invalidation of a tag takes until it is in force, and whether that depends on how
/// many entries carry the tag.
///
/// Soft ones, so that the entries stay and each invalidation has as many to cover; hard ones take
/// the same way. Nothing sweeps meanwhile.
final class TimeToForce {

  private static final int TIMES = 500;

  private final Cache<String, byte[]> cache;

  /// @param entries of which each carries all the tags of the widest kind
  TimeToForce(Cache<String, byte[]> cache, int entries) {
    this.cache = cache;
    List<String> wide = tags("wide");
    List<String> wideAndThousand = new ArrayList<>(wide);
    wideAndThousand.addAll(tags("thousand"));
    List<String> thousand = List.copyOf(wideAndThousand);
    for (int i = 0; i < entries; i++) {
      List<String> tags = i < 1_000 ? thousand : wide;
      cache.put("key:" + i, draft(i < TIMES ? with(tags, "one" + i) : tags), Precondition.NONE);
    }
  }

  private static List<String> tags(String start) {
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      tags.add(start + i);
    }
    return List.copyOf(tags);
  }

  private static List<String> with(List<String> tags, String another) {
    List<String> all = new ArrayList<>(tags);
    all.add(another);
    return all;
  }

  private static Draft<byte[]> draft(List<String> tags) {
    return new Draft<>(new byte[16], InvalidationBenchmark.DAY, tags, Map.of());
  }

  /// @param start of the tags of one kind: `one`, `thousand` or `wide`
  Samples measure(String start) {
    Samples samples = new Samples(TIMES);
    for (int i = 0; i < TIMES; i++) {
      Scope scope = new Scope.Tags(Set.of(start + i));
      long before = System.nanoTime();
      cache.invalidate(scope, Invalidation.Mode.SOFT);
      samples.add(System.nanoTime() - before);
    }
    return samples;
  }
}
