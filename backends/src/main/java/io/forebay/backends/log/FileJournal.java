package io.forebay.backends.log;

import io.forebay.cache.InvalidationJournal;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Keeps an invalidation log in a folder of its own: one [Segment] that grows until it is replaced
/// by a shorter one.
///
/// **One write for many.** A thread of its own takes whatever has come since its last write, writes
/// all of that, and forces the disk once ([SegmentWriter]). Whoever waits meanwhile shares the next
/// turn.
///
/// **Damage.** A torn tail is cut off: nothing in it was acknowledged. Anything else that is broken
/// may hide lost records, so a new epoch begins, in which nothing loaded before is trusted; the
/// broken file stays, under another name.
///
/// **A disk that fails.** Batches are then in force but not kept, and their callers are told. What
/// was written since the last success is in doubt, so the segment is never touched again: the next
/// attempt, at the next batch and every second, begins a new one with the barriers in force.
///
/// Thread-safe. One process at a time may have a folder open.
public final class FileJournal implements InvalidationJournal, AutoCloseable {

  /// When a segment has grown by so much, it is replaced.
  public static final long DEFAULT_SEGMENT_BYTES = 8 << 20;

  private final FileChannel lockFile;
  private final JournalFound found;
  private final Recovered recovered;
  private final SegmentWriter writer;

  private FileJournal(
      FileChannel lockFile, JournalFound found, Recovered recovered, SegmentWriter writer) {
    this.lockFile = lockFile;
    this.found = found;
    this.recovered = recovered;
    this.writer = writer;
  }

  /// Opens the journal in `folder`, which is made if it is missing.
  ///
  /// @throws IOException if the folder cannot be used, or another process uses it
  public static FileJournal open(Path folder) throws IOException {
    return open(folder, DEFAULT_SEGMENT_BYTES, Clock.systemUTC(), Disk.REAL);
  }

  static FileJournal open(Path folder, long segmentBytes, Clock clock, Disk disk)
      throws IOException {
    Files.createDirectories(folder);
    FileChannel lockFile = lock(folder.resolve("lock"));
    try {
      return opened(folder, segmentBytes, clock, disk, lockFile);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ours) {
      // Another journal of this process has it: the same answer.
    }
    channel.close();
    throw new IOException(file + " is locked: another process uses this folder");
  }

  private static FileJournal opened(
      Path folder, long segmentBytes, Clock clock, Disk disk, FileChannel lockFile)
      throws IOException {
    SegmentFolder segments = new SegmentFolder(folder, disk);
    Optional<Path> newest = segments.newest();
    if (newest.isEmpty()) {
      Position zeroth = new Position(clock.millis(), 0);
      return begun(segments, segmentBytes, lockFile, new JournalFound.Nothing(), zeroth);
    }
    return switch (Segment.read(newest.get())) {
      case Segment.Reading.Intact intact -> {
        segments.cut(newest.get(), intact.goodBytes());
        segments.deleteAllBut(newest.get());
        JournalFound found =
            intact.tornBytes() == 0
                ? new JournalFound.Whole()
                : new JournalFound.TornTail(intact.tornBytes());
        SegmentWriter writer =
            new SegmentWriter(segments, segments.reopen(newest.get()), intact.last(), segmentBytes);
        Recovered recovered = new Recovered(intact.last(), intact.summary(), intact.since());
        yield new FileJournal(lockFile, found, recovered, writer);
      }
      case Segment.Reading.Damaged(String where) -> {
        long epochBefore = Segment.positionIn(newest.get()).orElseThrow().epoch();
        Path kept = segments.setAside(newest.get());
        Position zeroth = new Position(Math.max(clock.millis(), epochBefore + 1), 0);
        yield begun(
            segments, segmentBytes, lockFile, new JournalFound.Damaged(kept, where), zeroth);
      }
    };
  }

  /// A journal that begins an epoch.
  private static FileJournal begun(
      SegmentFolder segments,
      long segmentBytes,
      FileChannel lockFile,
      JournalFound found,
      Position zeroth)
      throws IOException {
    Summary nothing = new Summary(zeroth, Map.of(), Optional.of(zeroth));
    Disk.End end = segments.publish(segments.prepare(nothing));
    return new FileJournal(
        lockFile,
        found,
        new Recovered(zeroth, nothing, List.of()),
        new SegmentWriter(segments, end, zeroth, segmentBytes));
  }

  /// In what state it was.
  public JournalFound found() {
    return found;
  }

  /// Times that a segment which had become long could not be replaced, and went on growing.
  public int shorteningsFailed() {
    return writer.shorteningsFailed();
  }

  @Override
  public Recovered recovered() {
    return recovered;
  }

  @Override
  public void enqueue(List<InvalidationRecord> batch) {
    writer.enqueue(batch);
  }

  @Override
  public Optional<String> await(Position position) {
    return writer.await(position);
  }

  @Override
  public Position durable() {
    return writer.durable();
  }

  @Override
  public void compactWith(Supplier<Summary> summaries) {
    writer.compactWith(summaries);
  }

  /// Keeps what has been enqueued, and lets go of the folder.
  @Override
  public void close() throws IOException {
    writer.close();
    lockFile.close();
  }
}
