package io.forebay.backends.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One file of the tier, to read from: a head of eight bytes (magic and version of the format),
/// then records. Its name has its number; greater ones are newer.
///
/// Thread-safe.
final class TierSegment implements AutoCloseable {

  static final int MAGIC = 0x46625331; // "FbS1"
  static final int FORMAT = 1;
  static final int HEAD_BYTES = 8;

  private static final Pattern NAME = Pattern.compile("values-(\\d{8})\\.seg");

  private final int number;
  private final Path file;
  private volatile FileChannel channel;
  private volatile boolean closed;

  /// Of the records in it; fills that began before are refused once it is dropped.
  private volatile long greatestVersion;

  private TierSegment(int number, Path file, FileChannel channel) {
    this.number = number;
    this.file = file;
    this.channel = channel;
  }

  static Path path(Path folder, int number) {
    return folder.resolve(String.format("values-%08d.seg", number));
  }

  /// The number in a file's name; empty if it is no segment's.
  static Optional<Integer> numberIn(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    return name.matches() ? Optional.of(Integer.parseInt(name.group(1))) : Optional.empty();
  }

  static TierSegment open(Path folder, int number) throws IOException {
    Path file = path(folder, number);
    return new TierSegment(number, file, FileChannel.open(file, StandardOpenOption.READ));
  }

  static ByteBuffer head() {
    return ByteBuffer.allocate(HEAD_BYTES).putInt(MAGIC).putInt(FORMAT).flip();
  }

  int number() {
    return number;
  }

  /// Zero if the file is gone.
  long bytes() {
    return file.toFile().length();
  }

  long greatestVersion() {
    return greatestVersion;
  }

  /// One thread notes.
  void note(long version) {
    greatestVersion = Math.max(greatestVersion, version);
  }

  /// Bytes from an offset on; fewer if the file ends.
  ///
  /// @throws ClosedChannelException if the segment was dropped, or the thread is interrupted
  ByteBuffer read(int offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      FileChannel from = channel;
      try {
        if (from.read(bytes, (long) offset + bytes.position()) < 0) {
          break;
        }
      } catch (ClosedByInterruptException e) {
        reopen(from);
        throw e;
      } catch (AsynchronousCloseException e) {
        reopen(from);
      } catch (ClosedChannelException e) {
        reopen(from);
      }
    }
    return bytes.flip();
  }

  /// A thread that is interrupted while it reads closes the channel for everybody.
  @SuppressWarnings("ReferenceEquality") // the very one
  private synchronized void reopen(FileChannel lost) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (channel == lost) {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    }
  }

  /// The whole file, for one look.
  FileChannel channel() {
    return channel;
  }

  void force() throws IOException {
    try (FileChannel writable = FileChannel.open(file, StandardOpenOption.WRITE)) {
      writable.force(false);
    }
  }

  /// As well as it can be done.
  void delete() {
    close();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It is not read any more, and not trusted when the folder is opened again.
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written through it.
    }
  }
}
