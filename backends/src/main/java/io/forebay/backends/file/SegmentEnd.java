package io.forebay.backends.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The end of the newest segment, where records are appended. For one thread.
///
/// After a failure that could not be taken back, nothing more is written to that segment: the next
/// record begins another.
final class SegmentEnd {

  private static final int BUFFER_BYTES = 1 << 20;

  private final Segments segments;
  private final Disk disk;
  private final FileTierSettings settings;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  private @Nullable TierSegment segment;
  private Disk.@Nullable End end;

  /// Of the segment, on the disk's side of the buffer.
  private long written;

  SegmentEnd(Segments segments, Disk disk, FileTierSettings settings) throws IOException {
    this.segments = segments;
    this.disk = disk;
    this.settings = settings;
    if (segments.newest().isPresent()) {
      goOn(segments.newest().get());
    }
  }

  private void goOn(TierSegment newest) throws IOException {
    Disk.End opened = disk.append(TierSegment.path(segments.folder(), newest.number()));
    segment = newest;
    end = opened;
    written = opened.size();
    if (written == 0) { // the head was cut off
      buffer.clear().put(TierSegment.head());
      flush();
    }
  }

  /// Puts a record into the buffer, or begins another segment with it.
  ///
  /// @return its place
  long append(ByteBuffer record, long version) throws IOException {
    int length = record.remaining();
    if (end == null || written + buffer.position() + length > settings.segmentBytes()) {
      begin();
    }
    TierSegment present = segment;
    Disk.End target = end;
    if (present == null || target == null) {
      throw new IllegalStateException("no segment was begun");
    }
    if (buffer.remaining() < length) {
      flush();
    }
    int offset = Math.toIntExact(written + buffer.position());
    if (length > buffer.capacity()) {
      target.write(record.duplicate());
      written += length;
    } else {
      buffer.put(record.duplicate());
    }
    present.note(version);
    return Place.of(present.number(), offset, length);
  }

  /// Makes everything appended so far readable.
  void flush() throws IOException {
    Disk.End target = end;
    if (target == null || buffer.position() == 0) {
      return;
    }
    buffer.flip();
    int length = buffer.remaining();
    target.write(buffer);
    written += length;
    buffer.clear();
  }

  void force() throws IOException {
    Disk.End target = end;
    if (target != null) {
      target.force();
    }
  }

  /// Ends the segment and begins another. Where changes are forced to the disk, the ended segment
  /// is forced first, since whoever forces later reaches only the new one; so is the new one's
  /// name.
  void begin() throws IOException {
    flush();
    if (settings.forced()) {
      force();
    }
    close();
    int number = segments.next();
    if (number >= Place.MOST_SEGMENTS) {
      throw new IOException("all numbers of segments are used up; empty the folder");
    }
    Disk.End begun = disk.append(TierSegment.path(segments.folder(), number));
    end = begun;
    begun.cut(0); // of an attempt that failed
    begun.write(TierSegment.head());
    if (settings.forced()) {
      disk.forceFolder(segments.folder());
    }
    written = TierSegment.HEAD_BYTES;
    TierSegment added = TierSegment.open(segments.folder(), number);
    segments.add(added);
    segment = added;
  }

  /// Where the segment ends now, to [#takeBack] what comes.
  record Mark(@Nullable TierSegment segment, long size) {}

  Mark mark() {
    return new Mark(segment, written + buffer.position());
  }

  /// After a failure: takes back what was appended since the mark.
  ///
  /// @return false if that could not be; then it may be found when the folder is opened again
  boolean takeBack(Mark mark) {
    buffer.clear();
    Disk.End target = end;
    try {
      if (target != null && segment == mark.segment) {
        target.cut(mark.size);
        close();
        TierSegment same = mark.segment;
        if (same != null) {
          goOn(same);
        }
        return true;
      }
    } catch (IOException alsoFails) {
      // The segment is left alone.
    }
    abandon();
    return false;
  }

  private void abandon() {
    try {
      close();
    } catch (IOException e) {
      end = null;
    }
  }

  void close() throws IOException {
    Disk.End closing = end;
    end = null;
    segment = null;
    if (closing != null) {
      closing.close();
    }
  }
}
