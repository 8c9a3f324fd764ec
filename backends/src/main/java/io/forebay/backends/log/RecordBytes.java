package io.forebay.backends.log;

import io.forebay.cache.InvalidationJournal.Summary;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Records and barriers as bytes, in the form in which [FileJournal] keeps them, for logs that lie
/// elsewhere.
///
/// Reading throws `IllegalArgumentException` for bytes that no writer of this version wrote.
public final class RecordBytes {

  private RecordBytes() {}

  /// A record; its position is not among the bytes' meaning.
  public static byte[] of(InvalidationRecord record) {
    PayloadWriter out = new PayloadWriter();
    RecordCodec.write(out, List.of(record));
    return out.bytes();
  }

  /// @param at the position that it got
  public static InvalidationRecord read(byte[] bytes, Position at) {
    try {
      InvalidationRecord read =
          RecordCodec.readBatch(new PayloadReader(ByteBuffer.wrap(bytes))).getFirst();
      String id = read.id().equals(read.position().toString()) ? at.toString() : read.id();
      return new InvalidationRecord(at, id, read.time(), read.who(), read.why(), read.order());
    } catch (RecordCodec.Malformed malformed) {
      throw new IllegalArgumentException(malformed.getMessage(), malformed);
    }
  }

  public static byte[] of(Summary summary) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Disk.End end =
        new Disk.End() {
          @Override
          public void write(ByteBuffer frame) {
            bytes.write(frame.array(), frame.arrayOffset() + frame.position(), frame.remaining());
          }

          @Override
          public void force() {}

          @Override
          public void close() {}
        };
    try {
      Segment.writeSummary(end, summary);
    } catch (IOException memoryHasNone) {
      throw new UncheckedIOException(memoryHasNone);
    }
    return bytes.toByteArray();
  }

  public static Summary readSummary(byte[] bytes) {
    try {
      return Segment.readSummary(ByteBuffer.wrap(bytes))
          .orElseThrow(() -> new IllegalArgumentException("a summary that is cut short"));
    } catch (RecordCodec.Malformed malformed) {
      throw new IllegalArgumentException(malformed.getMessage(), malformed);
    }
  }
}
