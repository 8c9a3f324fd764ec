package io.forebay.server.backup;

import io.forebay.cache.InvalidationHistory;
import io.forebay.server.backup.LineReader.Line;
import io.forebay.server.caches.Violation;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// One import behind its first line. One thread's.
final class ImportRun {

  private static final BadLine CUT_OFF =
      new BadLine("line", "the last line, {\"end\":true, …}", "The backup is cut off here.");

  private final Restorer restorer;
  private final ImportOptions options;
  private final Optional<InvalidationHistory.Moment> taken;
  private final ImportTally tally;
  private long entries;
  private boolean isWhole;

  ImportRun(
      Restorer restorer,
      ImportOptions options,
      Optional<InvalidationHistory.Moment> taken,
      ImportTally tally) {
    this.restorer = restorer;
    this.options = options;
    this.taken = taken;
    this.tally = tally;
  }

  ImportOutcome of(LineReader lines) throws IOException {
    Optional<Bad> bad;
    ImportWindow window;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      window = new ImportWindow(threads);
      bad = restoreAll(lines, window);
    } // which waits for all of them
    window.rethrow();
    Optional<ImportTally.Stop> stop = tally.stopped();
    if (stop.isPresent()) {
      long line = stop.get().line();
      return switch (stop.get().why()) {
        case Restored.UnknownCache(String name) ->
            new ImportOutcome.UnknownCache(line, name, tally.report(false));
        case Restored.TierFailed(String why) ->
            new ImportOutcome.TierFailed(line, why, tally.report(false));
      };
    }
    return bad.isPresent()
        ? new ImportOutcome.BadBackup(bad.get().line, bad.get().what, tally.report(false))
        : new ImportOutcome.Done(tally.report(isWhole));
  }

  private record Bad(long line, BadLine what) {}

  /// Until the end, or until it cannot go on.
  private Optional<Bad> restoreAll(LineReader lines, ImportWindow window) throws IOException {
    while (tally.stopped().isEmpty()) {
      switch (lines.next()) {
        case Line.None() -> {
          return isWhole || options.isPart()
              ? Optional.empty()
              : Optional.of(new Bad(tally.lines() + 1, CUT_OFF));
        }
        case Line.TooLong(long number) -> {
          entries++;
          tally.add(number, tooLong());
          tally.read(number);
        }
        case Line.Whole line -> {
          try {
            take(line, window);
          } catch (BadLine.Found found) {
            return Optional.of(new Bad(line.number(), line.isEnded() ? found.what() : CUT_OFF));
          }
          tally.read(line.number());
        }
      }
    }
    return Optional.empty();
  }

  private void take(Line.Whole line, ImportWindow window) throws BadLine.Found {
    if (isWhole) {
      throw new BadLine.Found("line", "nothing", "Something comes behind the backup's end.");
    }
    switch (BackupLines.read(line.bytes())) {
      case BackupLine.End(long counted) -> {
        if (counted != entries && !options.isPart()) {
          throw new BadLine.Found(
              "entries", Long.toString(entries), "Lines of the backup are missing.");
        }
        isWhole = true;
      }
      case BackupEntry entry -> {
        entries++;
        BackupEntry wanted = options.into().map(entry::in).orElse(entry);
        window.run(
            line.bytes().length,
            () -> tally.add(line.number(), restorer.restore(wanted, taken, options.overwrite())));
      }
    }
  }

  private Restored tooLong() {
    long most = restorer.rules().maxValueBytes();
    return new Restored.Rejected(
        new Violation(
            "value",
            "at most " + most + " bytes (entries.max_value_bytes)",
            "The line is too long for any value of this server.",
            Violation.Kind.TOO_LARGE));
  }
}
