package io.forebay.benchmarks.engine;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/// Zipf 0.99 over a million keys, all of them present, two threads: reads alone, and one write in
/// twenty.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 3,
    jvmArgs = {"-Xms4g", "-Xmx4g", "-XX:+UseCompactObjectHeaders", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
@Threads(2)
public class EngineBenchmark {

  private static final int KEYS = 1_000_000;
  private static final int PICKS = 1 << 20;
  private static final int VALUES = 64;

  /// A write brings another value than the last one. Caffeine spares itself most of a write whose
  /// value is the very object that is there, and nobody measures that on purpose.
  private static final byte[][] values = new byte[VALUES][100];

  @Param({"forebay", "caffeine"})
  public String rival = "forebay";

  private @Nullable Rival cache;
  private final String[] picks = new String[PICKS];

  @State(Scope.Thread)
  public static class Walk {
    int next = ThreadLocalRandom.current().nextInt(PICKS);
  }

  @Setup
  public void fill() {
    Rival filled = Rival.named(rival, 4L << 30);
    String[] keys = new String[KEYS];
    for (int i = 0; i < KEYS; i++) {
      keys[i] = String.format("key:%012d", i);
      filled.put(keys[i], values[i & (VALUES - 1)]);
    }
    ZipfPicks zipf = new ZipfPicks(KEYS, 0.99, new Random(1));
    for (int i = 0; i < PICKS; i++) {
      picks[i] = keys[zipf.next()];
    }
    cache = filled;
  }

  private String pick(Walk walk) {
    return picks[walk.next++ & (PICKS - 1)];
  }

  private Rival cache() {
    return java.util.Objects.requireNonNull(cache);
  }

  @Benchmark
  public byte @Nullable [] read(Walk walk) {
    return cache().get(pick(walk));
  }

  @Benchmark
  public byte @Nullable [] readsWithSomeWrites(Walk walk) {
    String key = pick(walk);
    if (walk.next % 20 == 0) {
      byte[] value = values[walk.next / 20 & (VALUES - 1)];
      cache().put(key, value);
      return value;
    }
    return cache().get(key);
  }
}
