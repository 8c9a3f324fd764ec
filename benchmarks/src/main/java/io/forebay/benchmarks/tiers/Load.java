package io.forebay.benchmarks.tiers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many callers who each do one thing after the other, for a while.
final class Load {

  private Load() {}

  interface Deed {
    /// @param number another for each
    void run(int number) throws Exception;
  }

  /// @param perSecond of all callers together
  record Rate(double perSecond, double p50Micros, double p99Micros) {

    static final Rate NONE = new Rate(0, 0, 0);

    @Override
    public String toString() {
      return "%,10.0f/s   P50 %,8.0f us   P99 %,9.0f us".formatted(perSecond, p50Micros, p99Micros);
    }
  }

  static Rate of(int callers, long millis, Deed deed) throws Exception {
    long end = System.nanoTime() + millis * 1_000_000;
    long began = System.nanoTime();
    List<long[]> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<long[]>> tasks = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        int first = caller;
        tasks.add(() -> {
          long[] took = new long[1 << 16];
          int count = 0;
          for (int number = first; System.nanoTime() < end; number += callers) {
            long sent = System.nanoTime();
            deed.run(number);
            if (count == took.length) {
              took = Arrays.copyOf(took, 2 * count);
            }
            took[count++] = System.nanoTime() - sent;
          }
          return Arrays.copyOf(took, count);
        });
      }
      for (Future<long[]> one : threads.invokeAll(tasks)) {
        all.add(one.get());
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    long[] sorted = all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Rate(
        sorted.length / seconds,
        sorted[sorted.length / 2] / 1e3,
        sorted[(int) (sorted.length * 0.99)] / 1e3);
  }
}
