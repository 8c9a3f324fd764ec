package io.forebay.benchmarks.fleet;

import io.forebay.backends.redis.FleetSettings;
import io.forebay.backends.redis.RedisServer;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisStreamsLog;
import io.forebay.backends.redis.RedisTier;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Prints how long an invalidation takes to be in force on three nodes, beside one round trip to
/// Redis; and reads of the tier a second, beside the raw client's `GET`s of values as long.
///
/// The nodes are of one process, so that all figures share one clock.
public final class FleetBenchmark {

  private static final int INVALIDATIONS = 2_000;
  private static final int READERS = 32;
  private static final int READS = 4_000;
  private static final int ROUNDS = 5;
  private static final int VALUE_BYTES = 1_024;

  private FleetBenchmark() {}

  /// @param arguments Redis's URL
  public static void main(String[] arguments) throws Exception {
    RedisSettings redis =
        RedisSettings.of(RedisServer.parse(arguments[0]).orElseThrow(), "bench")
            .withDeadline(Duration.ofSeconds(5));
    try (RedisClient client = RedisClient.create(arguments[0])) {
      RedisAsyncCommands<byte[], byte[]> raw = client.connect(ByteArrayCodec.INSTANCE).async();
      spread(redis, raw);
      reads(redis, raw);
    }
  }

  // ---- invalidations

  private static void spread(RedisSettings redis, RedisAsyncCommands<byte[], byte[]> raw)
      throws Exception {
    List<RedisStreamsLog> nodes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      nodes.add(RedisStreamsLog.open(redis, FleetSettings.of(name), TimeSource.SYSTEM));
    }
    for (RedisStreamsLog node : nodes) {
      if (!node.awaitTrust(Duration.ofSeconds(20))) {
        throw new IllegalStateException(node.trouble());
      }
    }
    long[] everywhere = new long[INVALIDATIONS];
    long[] here = new long[INVALIDATIONS];
    long[] trips = new long[INVALIDATIONS];
    for (int round = 0; round < 2; round++) { // the first warms up
      for (int i = 0; i < INVALIDATIONS; i++) {
        long began = System.nanoTime();
        LogOutcome outcome = nodes.get(i % 3).append(tag("t" + i));
        here[i] = System.nanoTime() - began;
        if (!nodes.get(i % 3).awaitEverywhere(outcome.last(), Duration.ofSeconds(20))) {
          throw new IllegalStateException("not everywhere in 20 s");
        }
        everywhere[i] = System.nanoTime() - began;
        long sent = System.nanoTime();
        var _ = raw.ping().get();
        trips[i] = System.nanoTime() - sent;
      }
    }
    print("one round trip to Redis", trips);
    print("invalidation in force here and in the log", here);
    print("invalidation in force on all of three nodes", everywhere);
    nodes.forEach(RedisStreamsLog::close);
  }

  private static InvalidationBatch tag(String tag) {
    return new InvalidationBatch(
        Optional.of(tag),
        "",
        "",
        List.of(
            new InvalidationOrder(
                Optional.of("shop"), new Scope.Tags(Set.of(tag)), Invalidation.Mode.HARD)));
  }

  // ---- reads

  private interface Read {
    void read(int i) throws Exception;
  }

  private static void reads(RedisSettings redis, RedisAsyncCommands<byte[], byte[]> raw)
      throws Exception {
    byte[] content = new byte[VALUE_BYTES];
    try (RedisTier tier = RedisTier.open(redis, TierObserver.NONE)) {
      tier.awaitConnection(Duration.ofSeconds(20))
          .ifPresent(why -> {
            throw new IllegalStateException(why);
          });
      for (int i = 0; i < 1_000; i++) {
        TierValue value =
            new TierValue(
                "bytes",
                content,
                List.of("tag"),
                Map.of(),
                Lifetime.of(Duration.ofHours(1)),
                new io.forebay.cache.Position(1, 1));
        var _ = tier.write(key(i), value, Precondition.NONE, 0);
        var _ = raw.set(("raw" + i).getBytes(StandardCharsets.UTF_8), content).get();
      }
      double[] ratios = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        double rawRate =
            rate(
                "raw GET",
                i -> raw.get(("raw" + i % 1_000).getBytes(StandardCharsets.UTF_8)).get());
        double tierRate =
            rate(
                "tier read",
                i -> {
                  if (!(tier.read(key(i % 1_000)) instanceof TierRead.Found)) {
                    throw new IllegalStateException("not found");
                  }
                });
        ratios[round] = tierRate / rawRate;
        System.out.printf("  ratio %.2f%n", tierRate / rawRate);
      }
      Arrays.sort(ratios);
      System.out.printf(
          "reads of the tier: %.2f of the raw client's (median of %d rounds)%n",
          ratios[ROUNDS / 2], ROUNDS);
    }
  }

  private static TierKey key(int i) {
    return new TierKey("bench", "k" + i);
  }

  private static double rate(String what, Read read) throws Exception {
    long[] took = new long[READERS * READS];
    long began = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> readers = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        int from = reader * READS;
        readers.add(() -> {
          for (int i = from; i < from + READS; i++) {
            long sent = System.nanoTime();
            read.read(i);
            took[i] = System.nanoTime() - sent;
          }
          return null;
        });
      }
      for (Future<Void> reader : threads.invokeAll(readers)) {
        var _ = reader.get();
      }
    }
    double perSecond = took.length / ((System.nanoTime() - began) / 1e9);
    System.out.printf("%s: %,.0f/s, ", what, perSecond);
    print(READERS + " at a time", took);
    return perSecond;
  }

  private static void print(String what, long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    System.out.printf(
        "%s: P50 %,d us, P99 %,d us%n",
        what, sorted[sorted.length / 2] / 1_000, sorted[sorted.length * 99 / 100] / 1_000);
  }
}
