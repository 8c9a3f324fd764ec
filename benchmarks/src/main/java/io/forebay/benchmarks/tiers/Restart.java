package io.forebay.benchmarks.tiers;

import io.forebay.backends.file.FileTier;
import io.forebay.backends.file.FileTierSettings;
import io.forebay.backends.log.FileJournal;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.Lifetime;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.TierCodec;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.TieredLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// What a restart costs: how long it takes until the hit ratio is within five hundredths of what it
/// was before, and how often the origin is asked until then. Requests come one after the other, by
/// Zipf's law, and an origin takes a millisecond.
final class Restart {

  private static final int KEYS = 50_000;
  private static final int IN_MEMORY = 10_000;
  private static final int WARM_UP = 200_000;
  private static final int WINDOW = 2_000;
  private static final int VALUE_BYTES = 1_024;

  private Restart() {}

  private static final TierCodec<byte[]> CODEC =
      new TierCodec<>() {
        @Override
        public Encoded encode(byte[] value) {
          return new Encoded("bytes", value);
        }

        @Override
        public Optional<byte[]> decode(String type, byte[] bytes, Duration age) {
          return Optional.of(bytes);
        }
      };

  /// A node of one cache.
  private static final class Node implements AutoCloseable {
    private final FileJournal journal;
    private final Cache<String, byte[]> memory;
    private final FileTier tier;
    private final TieredCache<byte[]> cache;
    private final boolean useTier;
    private final long originNanos;
    long origins;

    Node(Path folder, boolean useTier, Duration origin) throws Exception {
      this.originNanos = origin.toNanos();
      this.useTier = useTier;
      this.journal = FileJournal.open(Files.createDirectories(folder).resolve("log"));
      InvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      VersionClock versions = new VersionClock(TimeSource.SYSTEM);
      this.tier =
          FileTier.open(
              FileTierSettings.of(folder.resolve("tier")).withDeadline(Duration.ofSeconds(10)),
              TierObserver.NONE);
      this.memory =
          CacheBuilder.<byte[]>withTextKeys("bench")
              .maxEntries(IN_MEMORY)
              .invalidationLog(log)
              .versionClock(versions)
              .copiesLive(TieredCache.copiesLive(tier))
              .build();
      this.cache = new TieredCache<>(memory, tier, CODEC, log, versions, TimeSource.SYSTEM);
    }

    /// @return whether the origin was not asked
    boolean request(String key) {
      try (Entry<String, byte[]> found = useTier ? cache.get(key) : memory.get(key)) {
        if (found != null) {
          return true;
        }
      }
      TieredLoad load = cache.beginLoad(key);
      LockSupport.parkNanos(originNanos);
      origins++;
      Draft<byte[]> draft =
          new Draft<>(
              new byte[VALUE_BYTES], Lifetime.of(Duration.ofHours(1)), List.of("t"), Map.of());
      var _ = cache.complete(load, draft);
      return false;
    }

    @Override
    public void close() throws IOException {
      memory.close();
      tier.close();
      journal.close();
    }
  }

  static void compare(Path folder) throws Exception {
    for (boolean warm : List.of(false, true)) {
      double steady = run(folder.resolve(warm ? "warm" : "cold"), warm);
      Path other = folder.resolve(warm ? "warm" : "cold");
      long began = System.nanoTime();
      try (Node node =
          new Node(warm ? other : other.resolve("empty"), warm, Duration.ofMillis(1))) {
        long opened = System.nanoTime() - began;
        Zipf zipf = new Zipf(KEYS, 0.9, new Random(2));
        int hits = 0;
        int requests = 0;
        double ratio;
        do {
          hits = 0;
          for (int i = 0; i < WINDOW; i++) {
            hits += node.request(zipf.next()) ? 1 : 0;
          }
          requests += WINDOW;
          ratio = (double) hits / WINDOW;
        } while (ratio < 0.95 * steady && requests < 400_000);
        System.out.printf(
            "  %s: steady hit ratio %.3f; opened in %.2f s, 95 %% of it after %.2f s, %,d requests,"
                + " %,d of them to the origin%n",
            warm ? "file tier" : "without  ",
            steady,
            opened / 1e9,
            (System.nanoTime() - began) / 1e9,
            requests,
            node.origins);
      }
    }
  }

  /// @return the hit ratio that it comes to
  private static double run(Path folder, boolean useTier) throws Exception {
    try (Node node = new Node(folder, useTier, Duration.ZERO)) {
      Zipf zipf = new Zipf(KEYS, 0.9, new Random(1));
      int hits = 0;
      for (int i = 0; i < WARM_UP; i++) {
        boolean hit = node.request(zipf.next());
        hits += i >= WARM_UP * 3 / 4 && hit ? 1 : 0;
      }
      return (double) hits / (WARM_UP / 4);
    }
  }

  /// Ranks by Zipf's law.
  private static final class Zipf {
    private final double[] cumulative;
    private final Random random;

    Zipf(int keys, double exponent, Random random) {
      this.random = random;
      this.cumulative = new double[keys];
      double sum = 0;
      for (int rank = 0; rank < keys; rank++) {
        sum += 1 / Math.pow(rank + 1, exponent);
        cumulative[rank] = sum;
      }
    }

    String next() {
      double at = random.nextDouble() * cumulative[cumulative.length - 1];
      int found = java.util.Arrays.binarySearch(cumulative, at);
      return "k" + Math.min(found >= 0 ? found : -found - 1, cumulative.length - 1);
    }
  }
}
