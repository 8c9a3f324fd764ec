package io.forebay.benchmarks.hitratio;

import io.forebay.benchmarks.hitratio.Contender.Bounds;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The score of `traces/README.md`: the mean over the cells of (policy − LRU) / (optimum − LRU),
/// clipped to ±1. Prints a line for each cell and contender, then one for each contender.
final class Score {

  private record Outcome(ReferenceCell cell, double hitRatio) {

    double pointsOverLru() {
      return 100 * (hitRatio - cell.lru());
    }
  }

  private Score() {}

  static void print(Path traces, List<Contender> contenders, PrintStream out) throws IOException {
    List<ReferenceCell> cells = ReferenceCell.read(traces.resolve("hit-ratios.csv"));
    Map<Contender, List<Outcome>> outcomes = new HashMap<>();
    out.println("trace,entries,policy,hit_ratio,lru,optimum,score");
    String loaded = "";
    Trace trace = new Trace("", new int[0], new int[0]);
    for (ReferenceCell cell : cells) {
      if (!loaded.equals(cell.trace())) {
        trace = Trace.read(traces.resolve("requests").resolve(cell.trace() + ".trace.gz"));
        loaded = cell.trace();
      }
      for (Contender contender : contenders) {
        double hitRatio = contender.hitRatio(trace, new Bounds(false, cell.entries()));
        outcomes
            .computeIfAbsent(contender, c -> new ArrayList<>())
            .add(new Outcome(cell, hitRatio));
        printCell(cell, contender, hitRatio, out);
      }
    }
    out.println();
    out.println("policy,score,cells,worst_points_against_lru,worst_cell");
    for (Contender contender : contenders) {
      printTotal(contender, outcomes.getOrDefault(contender, List.of()), out);
    }
  }

  private static void printCell(
      ReferenceCell cell, Contender contender, double hitRatio, PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%s,%d,%s,%.6f,%.6f,%.6f,",
        cell.trace(),
        cell.entries(),
        contender.name(),
        hitRatio,
        cell.lru(),
        cell.optimum());
    if (cell.isScored()) {
      out.printf(Locale.ROOT, "%.3f", cell.score(hitRatio));
    }
    out.println();
  }

  private static void printTotal(Contender contender, List<Outcome> outcomes, PrintStream out) {
    List<Outcome> scored = outcomes.stream().filter(o -> o.cell().isScored()).toList();
    double score =
        scored.stream().mapToDouble(o -> o.cell().score(o.hitRatio())).average().orElse(0);
    Outcome worst =
        outcomes.stream().min(Comparator.comparingDouble(Outcome::pointsOverLru)).orElseThrow();
    out.printf(
        Locale.ROOT,
        "%s,%.3f,%d,%.2f,%s@%d%n",
        contender.name(),
        score,
        scored.size(),
        worst.pointsOverLru(),
        worst.cell().trace(),
        worst.cell().entries());
  }
}
