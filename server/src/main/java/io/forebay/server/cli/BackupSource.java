package io.forebay.server.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where an import comes from. One thread's.
interface BackupSource extends AutoCloseable {

  /// The next line, without its newline and never the backup's last one; the first is its header.
  /// Empty when there are no more.
  ///
  /// @throws IOException if it cannot be read on; the message says why
  Optional<byte[]> next() throws IOException, InterruptedException;

  /// What is to be said at the end of what did not come, one sentence each.
  List<String> missing();

  @Override
  void close() throws IOException;
}
