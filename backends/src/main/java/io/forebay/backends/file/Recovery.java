package io.forebay.backends.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads all segments once, oldest first, and notes in the index where each key's last record lies.
///
/// **Damage.** What follows the last intact record of the newest segment is a write that was cut
/// short, which nobody was promised: it is cut off. Anything else that cannot be read may have been
/// a removal, or a newer value: so all that came before it is not trusted, and dropped. The same
/// goes for a segment of a newer format.
final class Recovery {

  private final Segments segments;
  private final SlotIndex index;
  private final KeyHash hash;
  private long greatestVersion;
  private long damaged;
  private long newer;
  private long tornBytes;

  private Recovery(Segments segments, SlotIndex index, KeyHash hash) {
    this.segments = segments;
    this.index = index;
    this.hash = hash;
  }

  /// What was found.
  ///
  /// @param greatestVersion of all records
  record Found(long greatestVersion, long damaged, long newer, long tornBytes) {}

  /// Fills `segments` and `index`.
  static Found recover(Segments segments, SlotIndex index, KeyHash hash) throws IOException {
    Recovery recovery = new Recovery(segments, index, hash);
    List<Integer> numbers = numbers(segments.folder());
    for (int i = 0; i < numbers.size(); i++) {
      int number = numbers.get(i);
      if (i > 0 && numbers.get(i - 1) != number - 1) {
        recovery.distrust(number); // they should have been deleted
      }
      recovery.read(number, i == numbers.size() - 1);
    }
    return new Found(
        recovery.greatestVersion, recovery.damaged, recovery.newer, recovery.tornBytes);
  }

  static List<Integer> numbers(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.flatMap(file -> TierSegment.numberIn(file).stream()).sorted().toList();
    }
  }

  private void read(int number, boolean isNewest) throws IOException {
    TierSegment segment = TierSegment.open(segments.folder(), number);
    segments.add(segment);
    FileChannel channel = segment.channel();
    try (Arena arena = Arena.ofConfined()) {
      long size = Math.min(channel.size(), Integer.MAX_VALUE);
      ByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena).asByteBuffer();
      if (isNewest && size < TierSegment.HEAD_BYTES) {
        cut(segment, 0, (int) size); // it was just begun
      } else if (isOfOurFormat(file)) {
        scan(segment, file, isNewest);
      } else {
        distrust(number + 1);
      }
    }
  }

  private boolean isOfOurFormat(ByteBuffer file) {
    if (file.limit() < TierSegment.HEAD_BYTES || file.getInt(0) != TierSegment.MAGIC) {
      damaged++;
      return false;
    }
    if (file.getInt(4) != TierSegment.FORMAT) {
      newer++;
      return false;
    }
    return true;
  }

  private void scan(TierSegment segment, ByteBuffer file, boolean isNewest) throws IOException {
    int at = TierSegment.HEAD_BYTES;
    while (at < file.limit()) {
      Optional<Intact> record = intact(file, at);
      if (record.isPresent()) {
        if (!note(segment, at, record.get())) {
          distrust(segment.number() + 1);
          return;
        }
        at += record.get().length;
        continue;
      }
      int next = nextIntact(file, at);
      if (next == file.limit() && isNewest) {
        cut(segment, at, file.limit() - at);
        return;
      }
      damaged++;
      distrust(segment.number());
      at = next;
    }
  }

  private record Intact(Records.Head head, int length) {}

  private static Optional<Intact> intact(ByteBuffer file, int at) {
    return Records.length(file, at, file.limit() - at)
        .flatMap(
            length -> Records.intact(file.slice(at, length)).map(head -> new Intact(head, length)));
  }

  /// Where the next intact record begins; the end if there is none.
  private static int nextIntact(ByteBuffer file, int from) {
    for (int at = from + Records.ALIGNMENT; at < file.limit(); at += Records.ALIGNMENT) {
      if (intact(file, at).isPresent()) {
        return at;
      }
    }
    return file.limit();
  }

  /// @return false if there is more in one segment than the index has room for
  private boolean note(TierSegment segment, int at, Intact record) {
    Records.Head head = record.head;
    segment.note(head.version());
    greatestVersion = Math.max(greatestVersion, head.version());
    long slot = hash.of(head.name());
    if (!head.isValue()) {
      index.remove(slot);
      return true;
    }
    long place = Place.of(segment.number(), at, record.length);
    while (!index.put(slot, place, head.version())) {
      if (!segments.dropOldest()) {
        return false;
      }
      index.purge((lost, _) -> !segments.has(lost));
    }
    return true;
  }

  /// All that was noted so far may be outdated.
  private void distrust(int before) {
    segments.dropBefore(before);
    index.purge((_, _) -> true);
  }

  private void cut(TierSegment segment, int at, int bytes) throws IOException {
    tornBytes += bytes;
    try (FileChannel writable =
        FileChannel.open(
            TierSegment.path(segments.folder(), segment.number()), StandardOpenOption.WRITE)) {
      writable.truncate(at).force(true);
    }
  }
}
