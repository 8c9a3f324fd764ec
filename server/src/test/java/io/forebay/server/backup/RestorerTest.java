package io.forebay.server.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Isolation;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.policy.HitObjective;
import io.forebay.cache.testing.TestingTier;
import io.forebay.cache.tier.TierGuard;
import io.forebay.cache.tier.TieredCache;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.CacheTraits;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.NodeDefaults;
import io.forebay.server.caches.ReadOutcome;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.caches.StoredValueCodec;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.caches.Tiering;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One thread restores a key again and again, another invalidates it: whatever the order, it is
/// gone when that is acknowledged.
class RestorerTest {

  private static final int ROUNDS = 200;

  private final TimeSource time = TimeSource.SYSTEM;
  private final TierGuard log = new TierGuard(new InProcessInvalidationLog(7));
  private final VersionClock versions = new VersionClock(time);
  private final InvalidationHistory history =
      InvalidationHistory.of(log, versions, Optional.empty(), 1_000);

  private final TestingTier tier = new TestingTier(time);

  enum Behind {
    NOTHING,
    A_TIER
  }

  private Cache<String, StoredValue> create(String name, CacheTraits traits) {
    return CacheBuilder.<StoredValue>withTextKeys(name)
        .bounds(traits.bounds(), StoredValue::weigh)
        .invalidationLog(log)
        .versionClock(versions)
        .copiesLive(TieredCache.copiesLive(tier))
        .build();
  }

  private Tiering tiering(Behind behind) {
    return new Tiering() {
      @Override
      public boolean offers(TierChoice choice) {
        return true;
      }

      @Override
      public Optional<TieredCache<StoredValue>> behind(
          Cache<String, StoredValue> cache, CacheTraits traits) {
        if (behind == Behind.NOTHING) {
          return Optional.empty();
        }
        log.guard(cache.name(), tier);
        return Optional.of(
            new TieredCache<>(cache, tier, new StoredValueCodec(), log, versions, time));
      }

      @Override
      public LogOutcome deleted(String name) {
        return Tiering.NONE.deleted(name);
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void whatIsInvalidatedMeanwhileIsGone(Behind behind) throws Exception {
    log.noteIn(history);
    var defaults =
        new NodeDefaults(
            1 << 20, Duration.ofHours(1), "auto", HitObjective.OBJECTS, false, TierChoice.NONE);
    try (var registry = new CacheRegistry(this::create, tiering(behind), defaults)) {
      var rules = new EntryRules(250, 1_000);
      var entries = new EntryService(registry, rules, time);
      entries.noteDeletesIn(history);
      race(new Restorer(registry, rules, history, Isolation.NONE, time), entries);
    }
  }

  private void race(Restorer restorer, EntryService entries) throws InterruptedException {
    var entry =
        new BackupEntry(
            "default",
            "k",
            new StoredValue("old".getBytes(UTF_8), "text/plain"),
            List.of("t"),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            Optional.empty());
    var taken = new AtomicReference<>(Optional.<InvalidationHistory.Moment>empty());
    var tries = new AtomicLong();
    Thread restoring =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (!Thread.interrupted()) {
                taken.get().ifPresent(at -> restorer.restore(entry, Optional.of(at), true));
                tries.incrementAndGet();
              }
            });
    try {
      for (int round = 0; round < ROUNDS; round++) {
        taken.set(Optional.of(history.now()));
        while (!isThere(entries)) {
          Thread.onSpinWait();
        }
        invalidate(entries, round);
        assertThat(isThere(entries)).as("round %d", round).isFalse();
        long tried = tries.get();
        while (tries.get() < tried + 2) {
          Thread.onSpinWait();
        }
        assertThat(isThere(entries)).as("after round %d", round).isFalse();
      }
    } finally {
      restoring.interrupt();
      restoring.join();
    }
  }

  private static boolean isThere(EntryService entries) {
    return entries.read("default", "k") instanceof ReadOutcome.Found;
  }

  private void invalidate(EntryService entries, int round) {
    switch (round % 3) {
      case 0 -> entries.delete("default", "k", Precondition.NONE);
      case 1 -> append(new Scope.Keys(Set.of("k")));
      default -> append(new Scope.Tags(Set.of("t")));
    }
  }

  private void append(Scope scope) {
    log.append(
        InvalidationBatch.ofOurselves(
            new InvalidationOrder(Optional.empty(), scope, Invalidation.Mode.HARD), ""));
  }
}
