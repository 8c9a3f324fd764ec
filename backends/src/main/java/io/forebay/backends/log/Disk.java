package io.forebay.backends.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where segments are written; a seam, so that tests can have a full disk.
interface Disk {

  /// The real one.
  Disk REAL = (file, options) -> new FileEnd(FileChannel.open(file, options));

  /// Opens a file for writing at its end.
  End open(Path file, StandardOpenOption... options) throws IOException;

  /// The end of a file.
  interface End extends AutoCloseable {

    /// Writes all of it.
    void write(ByteBuffer bytes) throws IOException;

    /// Returns when everything written is on the disk.
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }

  /// The end of a real file.
  record FileEnd(FileChannel channel) implements End {

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
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

  /// Makes creations, renames and deletions in a folder durable.
  static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
