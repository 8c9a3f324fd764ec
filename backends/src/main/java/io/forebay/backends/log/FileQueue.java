package io.forebay.backends.log;

import io.forebay.cache.InvalidationRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A file of batches that have still to enter a log elsewhere: frames like a [FileJournal]'s, added
/// at the end, on the disk when [#add] returns, and all cleared at once.
///
/// A torn end was not acknowledged, and is cut off. What is broken otherwise is skipped from there
/// on and counted in [#damagedBytes]. One thread at a time.
public final class FileQueue implements AutoCloseable {

  private final FileChannel channel;
  private final List<List<InvalidationRecord>> recovered;
  private final long damagedBytes;
  private long goodBytes;
  private boolean clearingFailed;

  private FileQueue(
      FileChannel channel,
      long goodBytes,
      List<List<InvalidationRecord>> recovered,
      long damagedBytes) {
    this.channel = channel;
    this.goodBytes = goodBytes;
    this.recovered = recovered;
    this.damagedBytes = damagedBytes;
  }

  public static FileQueue open(Path file) throws IOException {
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
    List<List<InvalidationRecord>> batches = new ArrayList<>();
    try {
      Optional<ByteBuffer> frame = Frames.next(bytes);
      while (frame.isPresent()) {
        batches.add(RecordCodec.readBatch(new PayloadReader(frame.get())));
        frame = Frames.next(bytes);
      }
    } catch (RecordCodec.Malformed | IllegalArgumentException ofAnotherVersion) {
      bytes.position(bytes.limit());
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.truncate(bytes.position());
    if (file.getParent() != null) {
      Disk.forceFolder(file.getParent());
    }
    return new FileQueue(channel, bytes.position(), List.copyOf(batches), bytes.remaining());
  }

  /// What was in it when it was opened, oldest first.
  public List<List<InvalidationRecord>> recovered() {
    return recovered;
  }

  /// Bytes at its end that were no whole batch.
  public long damagedBytes() {
    return damagedBytes;
  }

  /// Returns when the batch is on the disk.
  public void add(List<InvalidationRecord> batch) throws IOException {
    if (clearingFailed) {
      channel.truncate(0);
      clearingFailed = false;
      goodBytes = 0;
    }
    PayloadWriter payload = new PayloadWriter();
    RecordCodec.write(payload, batch);
    ByteBuffer frame = RecordCodec.frame(payload);
    channel.truncate(goodBytes); // what a write that failed may have left would hide this one
    channel.position(goodBytes);
    while (frame.hasRemaining()) {
      channel.write(frame);
    }
    channel.force(false);
    goodBytes = channel.position();
  }

  /// Forgets everything; if that fails, batches are there again after a restart.
  public void clear() {
    try {
      channel.truncate(0);
      goodBytes = 0;
    } catch (IOException e) {
      clearingFailed = true;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException nothingIsLost) {
      // Whatever was added is on the disk.
    }
  }
}
