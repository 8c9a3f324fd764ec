package io.forebay.server.backup;

import io.forebay.cache.InvalidationHistory;
import io.forebay.server.backup.LineReader.Line;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// Carries imports out while they are read. Thread-safe.
public final class Importer {

  private final Restorer restorer;

  public Importer(Restorer restorer) {
    this.restorer = restorer;
  }

  /// Reads to the end, or to the first line with which it cannot go on. Returns when nothing of it
  /// is under way any more.
  public ImportOutcome run(InputStream in, ImportOptions options) {
    var lines = new LineReader(in, BackupLines.mostBytes(restorer.rules().maxValueBytes()));
    var tally = new ImportTally();
    try {
      return switch (lines.next()) {
        case Line.None() -> bad(0, new BadLine("body", "a backup", "It is empty."), tally);
        case Line.TooLong(long number) ->
            bad(number, new BadLine("line", "a backup's first line", "It is too long."), tally);
        case Line.Whole first -> {
          tally.read(first.number());
          yield run(BackupLines.readHeader(first.bytes()), lines, options, tally);
        }
      };
    } catch (BadLine.Found inFirst) {
      return bad(1, inFirst.what(), tally);
    } catch (IOException e) {
      String why = "It cannot be read on: " + e.getMessage();
      return bad(tally.lines() + 1, new BadLine("body", "the backup as it was made", why), tally);
    }
  }

  private static ImportOutcome bad(long line, BadLine what, ImportTally tally) {
    return new ImportOutcome.BadBackup(line, what, tally.report(false));
  }

  private ImportOutcome run(
      BackupHeader header, LineReader lines, ImportOptions options, ImportTally tally)
      throws IOException {
    Optional<InvalidationHistory.Moment> taken =
        options.evenInvalidated() ? Optional.empty() : header.taken();
    if (taken.isPresent() && !restorer.knowsSince(taken.get())) {
      return new ImportOutcome.HistoryUnknown(tally.report(false));
    }
    for (String name : options.into().map(List::of).orElse(header.caches())) {
      if (!restorer.has(name)) {
        return new ImportOutcome.UnknownCache(1, name, tally.report(false));
      }
    }
    return new ImportRun(restorer, options, taken, tally).of(lines);
  }
}
