package io.forebay.backends.behind;

import io.forebay.backends.log.Frames;
import io.forebay.cache.tier.TierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads the files of a journal once, oldest first.
///
/// **Damage.** What follows the last intact record of the newest file is a write that was cut
/// short, which nobody was promised: it is cut off. Anything else that cannot be read may have said
/// that something was removed: so nothing that came before it is done any more, and that is
/// counted.
final class JournalFiles {

  private static final Pattern NAME = Pattern.compile("writes-(\\d{1,9})");

  private final Map<TierKey, Placed> pending = new LinkedHashMap<>();
  private long greatest;
  private long damaged;
  private long lost;
  private long tornBytes;
  private long bytes;

  private record Placed(Pending pending, int file) {}

  private JournalFiles() {}

  /// What was found.
  ///
  /// @param pending what has still to be done, in the order in which it was accepted, with the file
  ///   that it is in
  /// @param files their numbers
  /// @param greatest number of all records
  /// @param damaged places that could not be read
  /// @param lost acknowledged writes that are not done because of that, or because the machine
  ///   ended and writes were not forced to the disk
  record Found(
      Map<Pending, Integer> pending,
      List<Integer> files,
      long greatest,
      long damaged,
      long lost,
      long tornBytes,
      long bytes) {}

  static Path path(Path folder, int number) {
    return folder.resolve("writes-" + number);
  }

  /// Makes creations and renames in a folder durable.
  static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// @param trusted whether the files end with what was written last
  static Found read(Path folder, boolean trusted) throws IOException {
    JournalFiles reading = new JournalFiles();
    List<Integer> numbers = numbers(folder);
    for (int i = 0; i < numbers.size(); i++) {
      reading.read(folder, numbers.get(i), i == numbers.size() - 1);
    }
    if (!trusted) {
      reading.distrust();
    }
    Map<Pending, Integer> pending = new LinkedHashMap<>();
    reading.pending.values().forEach(placed -> pending.put(placed.pending, placed.file));
    return new Found(
        pending,
        numbers,
        reading.greatest,
        reading.damaged,
        reading.lost,
        reading.tornBytes,
        reading.bytes);
  }

  private static List<Integer> numbers(Path folder) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          numbers.add(Integer.parseInt(name.group(1)));
        }
      }
    }
    numbers.sort(null);
    return numbers;
  }

  private void read(Path folder, int number, boolean isNewest) throws IOException {
    Path file = path(folder, number);
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
    while (in.hasRemaining()) {
      Optional<ByteBuffer> frame = Frames.next(in);
      if (frame.isPresent()) {
        Optional<JournalRecord> record = JournalRecord.read(frame.get());
        if (record.isPresent()) {
          note(record.get(), number);
        } else {
          damaged();
        }
      } else if (isNewest && !Frames.anyBehind(in)) {
        tornBytes += in.remaining();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(in.position());
          channel.force(true);
        }
        bytes += in.position();
        return;
      } else {
        damaged();
        in.position(nextFrame(in));
      }
    }
    bytes += in.position();
  }

  private static int nextFrame(ByteBuffer in) {
    ByteBuffer look = in.duplicate();
    for (int at = in.position() + 1; at < in.limit(); at++) {
      if (Frames.next(look.position(at)).isPresent()) {
        return at;
      }
    }
    return in.limit();
  }

  private void note(JournalRecord record, int file) {
    switch (record) {
      case JournalRecord.ToDo(Pending one) -> {
        greatest = Math.max(greatest, one.number());
        Placed known = pending.get(one.key());
        if (known == null || known.pending.number() <= one.number()) {
          pending.remove(one.key());
          pending.put(one.key(), new Placed(one, file));
        }
      }
      case JournalRecord.Settled(TierKey key, long upTo) -> {
        greatest = Math.max(greatest, upTo);
        Placed known = pending.get(key);
        if (known != null && known.pending.number() <= upTo) {
          pending.remove(key);
        }
      }
    }
  }

  private void damaged() {
    damaged++;
    distrust();
  }

  private void distrust() {
    lost += pending.size();
    pending.clear();
  }
}
