package io.forebay.cache.testing;

import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.tier.TierCodec;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.TieredLoad;
import io.forebay.cache.tier.TieredWrite;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A cache with a tier as a node of [InvalidationChecker].
///
/// @param cache by the system's clock
/// @param log as those see it who invalidate
public record TieredNode(
    TieredCache<Long> cache, InvalidationLog log, Upkeep background, AtomicLong ids)
    implements InvalidationChecker.Node {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  public TieredNode(TieredCache<Long> cache, InvalidationLog log, Upkeep background) {
    this(cache, log, background, new AtomicLong());
  }

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
    if (log.lease().isOver(TimeSource.SYSTEM.nanoTime())) {
      return OptionalLong.empty();
    }
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
  public boolean write(String key, List<String> tags, long value) {
    return cache.put(key, draft(value, tags), Precondition.NONE) instanceof TieredWrite.Stored
        && isEverywhere(log.last());
  }

  private boolean isEverywhere(Position position) {
    try {
      return log.awaitEverywhere(position, PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Draft<Long> draft(long value, List<String> tags) {
    return new Draft<>(value, HOUR, tags, Map.of());
  }

  @Override
  public boolean invalidate(Scope scope, Invalidation.Mode mode) {
    LogOutcome outcome =
        log.append(
            new InvalidationBatch(
                Optional.of("checker" + ids.incrementAndGet()),
                "",
                "",
                List.of(new InvalidationOrder(Optional.of(cache.memory().name()), scope, mode))));
    return outcome instanceof LogOutcome.Kept && isEverywhere(outcome.last());
  }

  @Override
  public void upkeep() {
    background.run();
  }
}
