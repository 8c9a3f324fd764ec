package io.forebay.server.backup;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Counts what becomes of the entries of one import, and remembers the first that stops it.
///
/// Thread-safe.
final class ImportTally {

  private static final int MOST_REJECTIONS = 10;

  /// @param line of the entry with which it cannot go on
  record Stop(long line, Restored.Stopped why) {}

  // Under this object's lock.
  private final Map<Restored.Simply, Long> counts = new EnumMap<>(Restored.Simply.class);
  private final List<ImportReport.Rejection> rejections = new ArrayList<>();
  private long rejected;
  private long lines;
  private @Nullable Stop stop;

  synchronized void read(long line) {
    lines = line;
  }

  synchronized long lines() {
    return lines;
  }

  synchronized void add(long line, Restored outcome) {
    switch (outcome) {
      case Restored.Simply simply -> counts.merge(simply, 1L, Long::sum);
      case Restored.Rejected(var broken) -> {
        rejected++;
        if (rejections.size() < MOST_REJECTIONS) {
          rejections.add(
              new ImportReport.Rejection(line, broken.field(), broken.expected(), broken.detail()));
        }
      }
      case Restored.Stopped why -> {
        if (stop == null || line < stop.line) {
          stop = new Stop(line, why);
        }
      }
    }
  }

  synchronized Optional<Stop> stopped() {
    return Optional.ofNullable(stop);
  }

  synchronized ImportReport report(boolean isWhole) {
    return new ImportReport(
        lines,
        isWhole,
        count(Restored.Simply.RESTORED),
        count(Restored.Simply.KEPT),
        count(Restored.Simply.EXPIRED),
        count(Restored.Simply.INVALIDATED),
        count(Restored.Simply.UNPROVEN),
        count(Restored.Simply.NOT_ADMITTED),
        rejected,
        rejections);
  }

  private long count(Restored.Simply outcome) {
    return counts.getOrDefault(outcome, 0L);
  }
}
