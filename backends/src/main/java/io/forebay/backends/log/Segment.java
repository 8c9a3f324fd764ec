package io.forebay.backends.log;

import io.forebay.cache.BarrierSnapshot;
import io.forebay.cache.InvalidationJournal.Summary;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file of the journal: what is left of all records before it, then records. In frames
/// ([Frames]), in this order:
///
/// ```
/// HEAD     version, the position before the first record, floor of caches that are not named
/// BARRIERS cache, its floor, some of its barriers      (any number of them for each cache)
/// BEGIN    the summary is complete
/// BATCH    the records of one batch                    (any number)
/// ```
///
/// A segment is written under another name up to BEGIN and then renamed, so only its end can have
/// been cut short. A batch is one frame: it is there as a whole or not at all.
final class Segment {

  private static final int VERSION = 1;

  private static final int HEAD = 1;
  private static final int BARRIERS = 2;
  private static final int BEGIN = 3;
  private static final int BATCH = 4;

  /// A BARRIERS frame is ended when it is larger.
  private static final int BARRIERS_BYTES = 1 << 20;

  private static final Pattern NAME = Pattern.compile("invalidations-(\\d{19})-(\\d{19})\\.log");

  private Segment() {}

  /// Names sort as positions do.
  static String nameAfter(Position position) {
    return String.format("invalidations-%019d-%019d.log", position.epoch(), position.n());
  }

  /// The position that a file's name says it begins after; empty if it is no segment's name.
  static Optional<Position> positionIn(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    return name.matches()
        ? Optional.of(new Position(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))))
        : Optional.empty();
  }

  // ---- writing

  /// @return how many bytes it wrote
  static long writeSummary(Disk.End end, Summary summary) throws IOException {
    PayloadWriter head = new PayloadWriter().kind(HEAD).number(VERSION).position(summary.upTo());
    floor(head, summary.floorOfOthers());
    long written = write(end, RecordCodec.frame(head));
    for (Map.Entry<String, BarrierSnapshot> cache : summary.caches().entrySet()) {
      written += writeBarriers(end, cache.getKey(), cache.getValue());
    }
    return written + write(end, RecordCodec.frame(new PayloadWriter().kind(BEGIN)));
  }

  private static long writeBarriers(Disk.End end, String cache, BarrierSnapshot snapshot)
      throws IOException {
    long written = 0;
    List<BarrierSnapshot.Raised> raised = snapshot.raised();
    int next = 0;
    do {
      PayloadWriter frame = new PayloadWriter().kind(BARRIERS).text(cache);
      floor(frame, snapshot.floor());
      while (next < raised.size() && frame.sizeBytes() < BARRIERS_BYTES) {
        RecordCodec.write(frame.kind(1), raised.get(next++));
      }
      written += write(end, RecordCodec.frame(frame.kind(0)));
    } while (next < raised.size());
    return written;
  }

  private static void floor(PayloadWriter out, Optional<Position> floor) {
    out.kind(floor.isPresent() ? 1 : 0).position(floor.orElse(new Position(0, 0)));
  }

  private static long write(Disk.End end, ByteBuffer frame) throws IOException {
    int bytes = frame.remaining();
    end.write(frame);
    return bytes;
  }

  static ByteBuffer batchFrame(List<InvalidationRecord> batch) {
    PayloadWriter frame = new PayloadWriter().kind(BATCH);
    RecordCodec.write(frame, batch);
    return RecordCodec.frame(frame);
  }

  // ---- reading

  /// What a segment turned out to be.
  sealed interface Reading {

    /// @param last position of its last record
    /// @param goodBytes where the last whole frame ends
    /// @param tornBytes how much a write that was cut short left behind that
    record Intact(
        Summary summary,
        List<InvalidationRecord> since,
        Position last,
        long goodBytes,
        long tornBytes)
        implements Reading {}

    /// Something in it is broken that is not its end: records may be missing.
    record Damaged(String where) implements Reading {}
  }

  static Reading read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    try {
      return read(bytes);
    } catch (IllegalArgumentException | RecordCodec.Malformed senseless) {
      return new Reading.Damaged("before byte " + bytes.position() + ": " + senseless.getMessage());
    }
  }

  private static Reading read(ByteBuffer file) {
    Optional<Summary> summary = readSummary(file);
    if (summary.isEmpty()) {
      return new Reading.Damaged("in its summary, at byte " + file.position());
    }
    List<InvalidationRecord> since = new ArrayList<>();
    Position last = summary.get().upTo();
    for (var frame = Frames.next(file); frame.isPresent(); frame = Frames.next(file)) {
      PayloadReader payload = new PayloadReader(frame.get());
      expect(payload, BATCH);
      for (InvalidationRecord record : RecordCodec.readBatch(payload)) {
        if (!record.position().equals(new Position(last.epoch(), last.n() + 1))) {
          return new Reading.Damaged("after " + last + " comes " + record.position());
        }
        since.add(record);
        last = record.position();
      }
    }
    if (file.hasRemaining() && Frames.anyBehind(file)) {
      return new Reading.Damaged("after " + last + ", at byte " + file.position());
    }
    return new Reading.Intact(summary.get(), since, last, file.position(), file.remaining());
  }

  static Optional<Summary> readSummary(ByteBuffer file) {
    Optional<ByteBuffer> first = Frames.next(file);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    PayloadReader head = new PayloadReader(first.get());
    expect(head, HEAD);
    long version = head.number();
    if (version != VERSION) {
      throw new RecordCodec.Malformed("version " + version);
    }
    Position upTo = head.position();
    Optional<Position> floorOfOthers = readFloor(head);
    Map<String, BarrierSnapshot> caches = new HashMap<>();
    for (var frame = Frames.next(file); frame.isPresent(); frame = Frames.next(file)) {
      PayloadReader payload = new PayloadReader(frame.get());
      int kind = payload.kind();
      if (kind == BEGIN) {
        return Optional.of(new Summary(upTo, caches, floorOfOthers));
      }
      if (kind != BARRIERS) {
        throw new RecordCodec.Malformed("a frame of kind " + kind);
      }
      caches.merge(payload.text(), readBarriers(payload), Segment::joined);
    }
    return Optional.empty();
  }

  private static BarrierSnapshot readBarriers(PayloadReader payload) {
    Optional<Position> floor = readFloor(payload);
    List<BarrierSnapshot.Raised> raised = new ArrayList<>();
    while (payload.kind() == 1) {
      raised.add(RecordCodec.readRaised(payload));
    }
    return new BarrierSnapshot(floor, raised);
  }

  private static BarrierSnapshot joined(BarrierSnapshot one, BarrierSnapshot more) {
    List<BarrierSnapshot.Raised> raised = new ArrayList<>(one.raised());
    raised.addAll(more.raised());
    return new BarrierSnapshot(one.floor(), raised);
  }

  private static Optional<Position> readFloor(PayloadReader payload) {
    boolean present = payload.kind() == 1;
    Position floor = payload.position();
    return present ? Optional.of(floor) : Optional.empty();
  }

  private static void expect(PayloadReader payload, int expected) {
    int kind = payload.kind();
    if (kind != expected) {
      throw new RecordCodec.Malformed("a frame of kind " + kind + ", not " + expected);
    }
  }
}
