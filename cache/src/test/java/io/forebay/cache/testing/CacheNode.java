package io.forebay.cache.testing;

import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LoadToken;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// One cache as a node of [InvalidationChecker].
///
/// @param cache by the system's clock
public record CacheNode(Cache<String, Long> cache, Upkeep background)
    implements InvalidationChecker.Node {

  private static final Lifetime HOUR = Lifetime.of(Duration.ofHours(1));

  @Override
  public OptionalLong read(String key) {
    try (Entry<String, Long> entry = cache.get(key)) {
      return entry != null && entry.isFresh(TimeSource.SYSTEM.nanoTime())
          ? OptionalLong.of(entry.value())
          : OptionalLong.empty();
    }
  }

  @Override
  public void load(String key, List<String> tags, LongSupplier source) {
    LoadToken<String> token = cache.beginLoad(key);
    cache.complete(token, draft(source.getAsLong(), tags));
  }

  @Override
  public boolean write(String key, List<String> tags, long value) {
    return cache.put(key, draft(value, tags), Precondition.NONE) instanceof WriteOutcome.Stored;
  }

  private static Draft<Long> draft(long value, List<String> tags) {
    return new Draft<>(value, HOUR, tags, Map.of());
  }

  @Override
  public boolean invalidate(Scope scope, Invalidation.Mode mode) {
    return cache.invalidate(scope, mode).outcome() instanceof LogOutcome.Kept;
  }

  @Override
  public void upkeep() {
    background.run();
  }
}
