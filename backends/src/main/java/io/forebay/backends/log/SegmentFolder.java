package io.forebay.backends.log;

import io.forebay.cache.InvalidationJournal.Summary;
import io.forebay.cache.Position;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// The segments in a journal's folder. The newest one counts; older ones are what a crash left
/// behind.
final class SegmentFolder {

  private final Path folder;
  private final Disk disk;

  SegmentFolder(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  Optional<Path> newest() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> Segment.positionIn(file).isPresent())
          .max(Comparator.comparing(file -> Segment.positionIn(file).orElseThrow()));
    }
  }

  /// A segment that does not count yet.
  record Prepared(Position after, Path file, Disk.End end) {}

  /// Writes a segment that holds nothing but a summary, under a name that nobody looks for.
  Prepared prepare(Summary summary) throws IOException {
    Path unfinished = folder.resolve("unfinished.tmp");
    Files.deleteIfExists(unfinished);
    Disk.End end = disk.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      Segment.writeSummary(end, summary);
      end.force();
      return new Prepared(summary.upTo(), unfinished, end);
    } catch (IOException | RuntimeException e) {
      end.close();
      throw e;
    }
  }

  /// Makes a segment the newest. If this fails, it may or may not be.
  ///
  /// @return where it goes on
  Disk.End publish(Prepared prepared) throws IOException {
    Path segment = folder.resolve(Segment.nameAfter(prepared.after()));
    try {
      Files.move(prepared.file(), segment, StandardCopyOption.ATOMIC_MOVE);
      Disk.forceFolder(folder);
      deleteAllBut(segment);
      return prepared.end();
    } catch (IOException | RuntimeException e) {
      prepared.end().close();
      throw e;
    }
  }

  Disk.End reopen(Path segment) throws IOException {
    return disk.open(segment, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  void cut(Path segment, long goodBytes) throws IOException {
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.truncate(goodBytes).force(true);
    }
  }

  void deleteAllBut(Path segment) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Segment.positionIn(file).isPresent() && !file.equals(segment)) {
          Files.delete(file);
        }
      }
    }
  }

  Path setAside(Path segment) throws IOException {
    Path aside = segment.resolveSibling(segment.getFileName() + ".damaged");
    return Files.move(segment, aside, StandardCopyOption.ATOMIC_MOVE);
  }
}
