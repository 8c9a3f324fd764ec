package io.forebay.cache.testing;

import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.tier.TierCodec;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.TieredLoad;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// A cache with a tier as a node of [InvalidationChecker].
///
/// @param cache by the system's clock
/// @param log as those see it who invalidate
public record TieredNode(TieredCache<Long> cache, InvalidationLog log, Upkeep background)
    implements InvalidationChecker.Node {

  private static final Lifetime HOUR = Lifetime.of(Duration.ofHours(1));

  /// Numbers as eight bytes.
  public static final TierCodec<Long> CODEC =
      new TierCodec<>() {
        @Override
        public Encoded encode(Long value) {
          return new Encoded("long", ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        }

        @Override
        public Optional<Long> decode(String type, byte[] bytes, Duration age) {
          return type.equals("long") && bytes.length == Long.BYTES
              ? Optional.of(ByteBuffer.wrap(bytes).getLong())
              : Optional.empty();
        }
      };

  @Override
  public OptionalLong read(String key) {
    try (Entry<String, Long> entry = cache.get(key)) {
      if (entry == null) {
        return OptionalLong.empty();
      }
      long now = TimeSource.SYSTEM.nanoTime();
      return entry.isFresh(now) && !log.lease().isOver(now)
          ? OptionalLong.of(entry.value())
          : OptionalLong.empty();
    }
  }

  @Override
  public void load(String key, List<String> tags, LongSupplier source) {
    TieredLoad load = cache.beginLoad(key);
    cache.complete(load, draft(source.getAsLong(), tags));
  }

  @Override
  public void write(String key, List<String> tags, long value) {
    cache.put(key, draft(value, tags), Precondition.NONE);
  }

  private static Draft<Long> draft(long value, List<String> tags) {
    return new Draft<>(value, HOUR, tags, Map.of());
  }

  @Override
  public void invalidate(Scope scope, Invalidation.Mode mode) {
    log.append(
        InvalidationBatch.ofOurselves(
            new InvalidationOrder(Optional.of(cache.memory().name()), scope, mode), "checker"));
  }

  @Override
  public void upkeep() {
    background.run();
  }
}
