package io.forebay.benchmarks.invalidation;

import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// How much slower one reader of other entries is while as many entries are being swept.
final class SweepLoss {

  private static final long CALM_NANOS = 1_000_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Cache<String, byte[]> cache;
  private final int entries;
  private final String[] picks = new String[1 << 20];
  private final Random random = new Random(1);

  /// @param cache whose upkeep runs by itself
  SweepLoss(Cache<String, byte[]> cache, int entries) {
    this.cache = cache;
    this.entries = entries;
    for (int i = 0; i < entries; i++) {
      cache.put("read:" + i, draft("read"), Precondition.NONE);
    }
    for (int i = 0; i < picks.length; i++) {
      picks[i] = "read:" + random.nextInt(entries);
    }
  }

  private static Draft<byte[]> draft(String tag) {
    return new Draft<>(new byte[16], InvalidationBenchmark.DAY, List.of(tag), Map.of());
  }

  /// Reads a second of time that passed, and a second that the reader had a processor. The two
  /// differ where other programs want the processors too.
  record Rate(double perSecond, double perProcessorSecond) {}

  /// @param calm before and after
  /// @param sweeping from the first entry that the sweep drops to the last
  record Round(Rate calm, Rate sweeping, double sweepMillis) {

    double loss() {
      return 1 - sweeping.perSecond / calm.perSecond;
    }

    double lossOfProcessorTime() {
      return 1 - sweeping.perProcessorSecond / calm.perProcessorSecond;
    }
  }

  Round measure() {
    for (int i = 0; i < entries; i++) {
      cache.put("swept:" + i, draft("swept"), Precondition.NONE);
    }
    readFor(CALM_NANOS); // the writes' garbage settles
    Rate before = readFor(CALM_NANOS);
    cache.invalidate(new Scope.Tags(Set.of("swept")), Invalidation.Mode.HARD);
    readUntilNoMoreThan(2L * entries - 1); // the sweep has begun
    long began = System.nanoTime();
    Rate sweeping = readUntilNoMoreThan(entries);
    double millis = (System.nanoTime() - began) / 1e6;
    Rate after = readFor(CALM_NANOS);
    Rate calm =
        new Rate(
            (before.perSecond + after.perSecond) / 2,
            (before.perProcessorSecond + after.perProcessorSecond) / 2);
    return new Round(calm, sweeping, millis);
  }

  private Rate readFor(long nanos) {
    long end = System.nanoTime() + nanos;
    return readWhile(() -> System.nanoTime() - end < 0);
  }

  /// Somebody else looks how many are left, so that the reader does nothing but read.
  private Rate readUntilNoMoreThan(long most) {
    AtomicBoolean isReached = new AtomicBoolean();
    Thread watcher =
        Thread.ofPlatform()
            .start(() -> {
              while (cache.statistics().entries() > most) {
                LockSupport.parkNanos(1_000_000);
              }
              isReached.set(true);
            });
    Rate rate = readWhile(() -> !isReached.get());
    try {
      watcher.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return rate;
  }

  private Rate readWhile(BooleanSupplier goesOn) {
    long began = System.nanoTime();
    long processorBegan = THREADS.getCurrentThreadCpuTime();
    long reads = 0;
    int next = random.nextInt(picks.length);
    do {
      for (int i = 0; i < 10_000; i++) {
        try (Entry<String, byte[]> entry = cache.get(picks[next++ & (picks.length - 1)])) {
          reads += entry == null ? 0 : 1;
        }
      }
    } while (goesOn.getAsBoolean());
    return new Rate(
        reads * 1e9 / (System.nanoTime() - began),
        reads * 1e9 / (THREADS.getCurrentThreadCpuTime() - processorBegan));
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
