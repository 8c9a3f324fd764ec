package io.forebay.backends.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where segments are written; a seam, so that tests can have a full disk.
interface Disk {

  /// The real one.
  Disk REAL = FileEnd::open;

  /// Makes a file, or opens one at its end.
  End append(Path file) throws IOException;

  /// Returns when the folder's names are on the disk: files that were made, renamed or deleted.
  default void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// The end of a file.
  interface End extends AutoCloseable {

    /// Bytes in the file.
    long size() throws IOException;

    /// Writes all of it.
    void write(ByteBuffer bytes) throws IOException;

    /// Takes back what was written behind this size.
    void cut(long size) throws IOException;

    /// Returns when everything written is on the disk.
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }

  /// The end of a real file.
  record FileEnd(FileChannel channel) implements End {

    static End open(Path file) throws IOException {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.position(channel.size());
      return new FileEnd(channel);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void cut(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
