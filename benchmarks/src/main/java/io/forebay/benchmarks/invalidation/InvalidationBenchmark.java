package io.forebay.benchmarks.invalidation;

import io.forebay.backends.log.FileJournal;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Prints what invalidations cost; see `benchmarks/invalidation`, which starts it.
public final class InvalidationBenchmark {

  static final String CACHE = "benchmark";
  static final Lifetime DAY = Lifetime.of(Duration.ofDays(1));

  private static final int ROUNDS = 5;

  private final int entries;
  private final Path folder;

  private InvalidationBenchmark(int entries, Path folder) {
    this.entries = entries;
    this.folder = folder;
  }

  /// @param arguments entries, a folder for the log, Redis's port, Varnish's command port
  public static void main(String[] arguments) throws IOException {
    InvalidationBenchmark benchmark =
        new InvalidationBenchmark(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
    benchmark.timeToForce();
    benchmark.rate();
    benchmark.sweepLoss();
    benchmark.redis(Integer.parseInt(arguments[2]));
    varnish(Integer.parseInt(arguments[3]));
  }

  private void timeToForce() throws IOException {
    say("Until an invalidation of a tag is in force, no disk:");
    try (Cache<String, byte[]> cache =
        cache(new InProcessInvalidationLog(System.currentTimeMillis()), Upkeep.manual())) {
      TimeToForce time = new TimeToForce(cache, entries);
      for (int warmUp = 0; warmUp < 5; warmUp++) {
        time.measure("nothing");
      }
      say("  tag of         1 entry     " + time.measure("one").summary());
      say("  tag of     1,000 entries   " + time.measure("thousand").summary());
      say("  tag of %,9d entries   ".formatted(entries) + time.measure("wide").summary());
    }
    say("The same until it is acknowledged, that is, on the disk:");
    try (FileJournal journal = FileJournal.open(folder.resolve("time"));
        Cache<String, byte[]> cache =
            cache(new InProcessInvalidationLog(journal, TimeSource.SYSTEM), Upkeep.manual())) {
      say("  any tag                    " + new TimeToForce(cache, 0).measure("one").summary());
    }
  }

  private void rate() throws IOException {
    say("Invalidations a second that one caller gets acknowledged, on the disk:");
    try (FileJournal journal = FileJournal.open(folder.resolve("rate"))) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      try (Upkeep upkeep = Upkeep.everyInterval(Duration.ofMillis(100));
          Cache<String, byte[]> cache = cache(log, upkeep)) {
        for (int round = 0; round < 2; round++) { // the first warms up
          fill(cache);
          double keys = InvalidationRate.measure(log, entries, 1_000, InvalidationRate::key);
          double tags = InvalidationRate.measure(log, 300_000, 1_000, InvalidationRate::newTag);
          double single = InvalidationRate.measure(log, 2_000, 1, InvalidationRate::newTag);
          if (round == 1) {
            say("  by key, 1,000 in a batch   %,12.0f".formatted(keys));
            say("  by tag, 1,000 in a batch   %,12.0f".formatted(tags));
            say("  by tag, one at a time      %,12.0f".formatted(single));
          }
        }
      }
    }
  }

  private void fill(Cache<String, byte[]> cache) {
    Draft<byte[]> draft = new Draft<>(new byte[16], DAY, List.of("tag"), Map.of());
    for (int i = 0; i < entries; i++) {
      cache.put("key:" + i, draft, Precondition.NONE);
    }
  }

  private void sweepLoss() {
    say("One reader while %,d other entries are swept:".formatted(entries));
    try (Upkeep upkeep = Upkeep.everyInterval(Duration.ofMillis(100));
        Cache<String, byte[]> cache =
            cache(new InProcessInvalidationLog(System.currentTimeMillis()), upkeep)) {
      SweepLoss loss = new SweepLoss(cache, entries);
      loss.measure();
      double[] losses = new double[ROUNDS];
      double[] lossesOfProcessorTime = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        SweepLoss.Round result = loss.measure();
        losses[round] = 100 * result.loss();
        lossesOfProcessorTime[round] = 100 * result.lossOfProcessorTime();
        say(
            "  %,11.0f reads/s calm, %,11.0f in the %5.0f ms of the sweep: loss %5.1f %%, by its processor time %5.1f %%"
                .formatted(
                    result.calm().perSecond(),
                    result.sweeping().perSecond(),
                    result.sweepMillis(),
                    losses[round],
                    lossesOfProcessorTime[round]));
      }
      say(
          "  median loss %.1f %%, by the reader's processor time %.1f %%"
              .formatted(SweepLoss.median(losses), SweepLoss.median(lossesOfProcessorTime)));
    }
  }

  private void redis(int port) throws IOException {
    try (RedisRival redis = new RedisRival(port)) {
      redis.fill(entries);
      long before = System.nanoTime();
      long unlinked = redis.unlink("products:*");
      say(
          "Redis, SCAN and UNLINK of a pattern over %,d keys: %,.0f ms"
              .formatted(unlinked, (System.nanoTime() - before) / 1e6));
    }
  }

  private static void varnish(int commandPort) throws IOException {
    try (VarnishRival varnish = new VarnishRival(commandPort)) {
      varnish.ban(200);
      say("Varnish, a ban of a tag: " + varnish.ban(500).summary());
    }
  }

  private Cache<String, byte[]> cache(InvalidationLog log, Upkeep upkeep) {
    return CacheBuilder.<byte[]>withTextKeys(CACHE)
        .maxEntries(3L * entries)
        .invalidationLog(log)
        .upkeep(upkeep)
        .build();
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
