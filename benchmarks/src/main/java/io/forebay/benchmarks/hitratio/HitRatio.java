package io.forebay.benchmarks.hitratio;

import io.forebay.benchmarks.hitratio.Contender.Bounds;
import io.forebay.cache.policy.HitObjective;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// The program behind `benchmarks/hit-ratio`.
public final class HitRatio {

  private static final double[] PERCENTS = {0.1, 1, 5, 10, 25};
  private static final int LEAST_ENTRIES = 16;
  private static final long[] SYNTHETIC_ENTRIES = {100, 1_000};

  private HitRatio() {}

  public static void main(String[] arguments) {
    try {
      run(Options.parse(Arrays.asList(arguments)), System.out);
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("hit-ratio: " + e.getMessage());
      System.err.println("hit-ratio --help says more");
      System.exit(2);
    }
  }

  private static void run(Options options, PrintStream out) throws IOException {
    switch (options.mode()) {
      case HELP -> out.printf(Locale.ROOT, Options.USAGE, String.join(", ", Contender.names()));
      case REPLAY -> replay(options, out);
      case SCORE ->
          Score.print(
              options.traces(),
              options.policies().isEmpty() ? Contender.all() : options.policies(),
              out);
      case COST -> cost(options, out);
      case SYNTHETIC -> synthetic(options, out);
    }
  }

  private static List<Contender> policies(Options options) {
    return options.policies().isEmpty() ? List.of(new Contender("auto")) : options.policies();
  }

  private static void replay(Options options, PrintStream out) throws IOException {
    boolean inBytes = options.limit().map(Bounds::isInBytes).orElse(false);
    out.println(
        "trace,policy,entries,requests,hits,hit_ratio" + (inBytes ? ",bytes,byte_hit_ratio" : ""));
    for (Path file : options.files()) {
      Trace trace = Trace.read(file);
      for (Contender policy : policies(options)) {
        for (Bounds bounds : bounds(options, trace)) {
          printReplay(trace, policy, bounds, options.objective(), out);
        }
      }
    }
  }

  private static void printReplay(
      Trace trace, Contender policy, Bounds bounds, HitObjective objective, PrintStream out) {
    Replay replay = policy.replay(trace, bounds, objective, 1);
    long entries = bounds.isInBytes() ? replay.entries() : bounds.limit();
    String line =
        String.format(
            Locale.ROOT,
            "%s,%s,%d,%d,%d,%.6f",
            trace.name(),
            policy.name(),
            entries,
            replay.requests(),
            replay.hits(),
            replay.hitRatio());
    if (bounds.isInBytes()) {
      line += String.format(Locale.ROOT, ",%d,%.6f", bounds.limit(), replay.byteHitRatio());
    }
    out.println(line);
  }

  private static List<Bounds> bounds(Options options, Trace trace) {
    return options.limit().map(List::of).orElseGet(() -> shares(trace));
  }

  private static List<Bounds> shares(Trace trace) {
    long unique = trace.uniqueIds();
    return DoubleStream.of(PERCENTS)
        .mapToLong(percent -> Math.max(LEAST_ENTRIES, Math.round(unique * percent / 100)))
        .distinct()
        .mapToObj(entries -> new Bounds(false, entries))
        .toList();
  }

  private static void synthetic(Options options, PrintStream out) {
    List<Contender> policies =
        options.policies().isEmpty()
            ? Stream.of("auto", "w-tinylfu", Contender.CAFFEINE).map(Contender::new).toList()
            : options.policies();
    out.println("pattern,entries,policy,hit_ratio,points_over_lru");
    Pattern.all()
        .forEach((name, pattern) -> {
          Trace trace = pattern.trace(name);
          for (long entries : SYNTHETIC_ENTRIES) {
            Bounds bounds = new Bounds(false, entries);
            double lru = new Contender("lru").hitRatio(trace, bounds);
            for (Contender policy : policies) {
              double hitRatio = policy.hitRatio(trace, bounds);
              out.printf(
                  Locale.ROOT,
                  "%s,%d,%s,%.6f,%.2f%n",
                  name,
                  entries,
                  policy.name(),
                  hitRatio,
                  100 * (hitRatio - lru));
            }
          }
        });
  }

  private static void cost(Options options, PrintStream out) throws IOException {
    out.println("trace,measured,policy,entries,ns_per_miss,caffeine_ns_per_miss,difference");
    for (Path file : options.files()) {
      Trace trace = Trace.read(file);
      List<Long> entries = bounds(options, trace).stream().map(Bounds::limit).toList();
      for (Contender policy : policies(options)) {
        Cost.print(trace, entries, policy.name(), options.runs(), out);
      }
    }
  }
}
