package io.forebay.backends.behind;

import io.forebay.backends.log.FileJournal;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.VersionClock;
import io.forebay.cache.testing.InvalidationChecker;
import io.forebay.cache.testing.TieredNode;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierGuard;
import io.forebay.cache.tier.TierStatistics;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.TieredWrite;
import io.forebay.cache.tier.WriteMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/// A node with a tier that is put together as a server puts it together, and can be taken apart and
/// begun again: its log of invalidations and its journal of writes stay on the disk, and memory is
/// lost.
final class RestartingNode implements InvalidationChecker.Node, AutoCloseable {

  static final String CACHE = "checked";

  private final Callable<Tier> opening;
  private final WriteMode mode;
  private final Path folder;
  private Life life;

  /// From one start to the next.
  private record Life(
      FileJournal log,
      Tier tier,
      Cache<String, Long> memory,
      TieredCache<Long> cache,
      TieredNode node) {

    void end() throws IOException {
      memory.close();
      tier.close();
      log.close();
    }
  }

  /// @param opening opens the tier, and returns when it answers
  RestartingNode(Callable<Tier> opening, WriteMode mode, Path folder) throws Exception {
    this.opening = opening;
    this.mode = mode;
    this.folder = folder;
    this.life = begin();
  }

  private Life begin() throws Exception {
    FileJournal journal = FileJournal.open(folder.resolve("log"));
    InProcessInvalidationLog own = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
    TierGuard log = new TierGuard(own);
    VersionClock versions = new VersionClock(TimeSource.SYSTEM);
    Tier tier = opening.call();
    if (mode == WriteMode.WRITE_BEHIND) {
      WriteBehindTier behind =
          WriteBehindTier.open(
              new TestingBusyTier(tier),
              versions,
              JournalSeal.NONE,
              new WriteBehindSettings(folder.resolve("write-behind"), false, 16 << 20));
      behind.accept(CACHE);
      tier = behind;
    }
    log.guard(CACHE, tier);
    Upkeep chores = Upkeep.manual();
    Cache<String, Long> memory =
        CacheBuilder.<Long>withTextKeys(CACHE)
            .maxEntries(8) // a third of the checker's keys, so that the tier is asked
            .maxBarriers(64)
            .invalidationLog(log)
            .versionClock(versions)
            .copiesLive(TieredCache.copiesLive(tier))
            .upkeep(chores)
            .build();
    TieredCache<Long> cache =
        new TieredCache<>(memory, tier, TieredNode.CODEC, own, versions, TimeSource.SYSTEM, mode);
    return new Life(journal, tier, memory, cache, new TieredNode(cache, log, chores));
  }

  /// Nothing that is acknowledged may be lost by it, and nothing old come back.
  void restart() throws Exception {
    life.end();
    life = begin();
  }

  TierStatistics statistics() {
    return life.cache.statistics();
  }

  TierCondition condition() {
    return life.tier.condition();
  }

  // ---- for the checker

  @Override
  public OptionalLong read(String key) {
    return life.node.read(key);
  }

  @Override
  public void load(String key, List<String> tags, LongSupplier source) {
    life.node.load(key, tags, source);
  }

  @Override
  public boolean write(String key, List<String> tags, long value) {
    return life.node.write(key, tags, value);
  }

  @Override
  public boolean invalidate(Scope scope, Invalidation.Mode how) {
    return life.node.invalidate(scope, how);
  }

  @Override
  public void upkeep() {
    life.node.upkeep();
  }

  // ---- for what has to be there in the end

  boolean put(String key, long value) {
    Draft<Long> draft =
        new Draft<>(value, Lifetime.of(Duration.ofHours(1)), List.of("last"), Map.of());
    return life.cache.put(key, draft, Precondition.NONE) instanceof TieredWrite.Stored;
  }

  OptionalLong get(String key) {
    try (Entry<String, Long> entry = life.cache.get(key)) {
      return entry == null ? OptionalLong.empty() : OptionalLong.of(entry.value());
    }
  }

  @Override
  public void close() throws IOException {
    life.end();
  }
}
