package io.forebay.benchmarks.hitratio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One line of `hit-ratios.csv`: what least recently used and the optimum reach on a trace with so
/// many entries.
record ReferenceCell(String trace, int entries, double lru, double optimum) {

  /// Below this a cell has nothing to win.
  private static final double LEAST_GAP = 0.01;

  /// Look-ups of a ledger, where least recently used is optimal: judged apart, not in the score.
  private static final String NOT_SCORED = "corda";

  /// Cells of one trace with the same number of entries count once.
  static List<ReferenceCell> read(Path csv) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    List<String> header = List.of(lines.getFirst().split(",", -1));
    int lru = column(header, "LRU", csv);
    int optimum = column(header, "MIN", csv);
    List<ReferenceCell> cells = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      if (seen.add(fields[0] + "," + fields[1])) {
        cells.add(
            new ReferenceCell(
                fields[0],
                Integer.parseInt(fields[1]),
                Double.parseDouble(fields[lru]),
                Double.parseDouble(fields[optimum])));
      }
    }
    return cells;
  }

  private static int column(List<String> header, String name, Path csv) throws IOException {
    int column = header.indexOf(name);
    if (column < 0) {
      throw new IOException(csv + " has no column " + name);
    }
    return column;
  }

  boolean isScored() {
    return optimum - lru >= LEAST_GAP && !trace.equals(NOT_SCORED);
  }

  /// The share of the gap between least recently used and the optimum that is closed, -1 to 1.
  double score(double hitRatio) {
    return Math.clamp((hitRatio - lru) / (optimum - lru), -1, 1);
  }
}
