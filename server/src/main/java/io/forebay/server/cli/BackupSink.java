package io.forebay.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// Where an export goes.
interface BackupSink extends AutoCloseable {

  /// @param line without its newline
  void write(byte[] line) throws IOException;

  /// It is complete.
  void finish() throws IOException;

  /// Without [#finish], what there is stays to go on with, if that is possible.
  @Override
  void close() throws IOException;

  /// Standard output.
  static BackupSink to(PrintWriter out) {
    return new BackupSink() {
      @Override
      public void write(byte[] line) throws IOException {
        out.print(new String(line, StandardCharsets.UTF_8));
        out.print('\n');
        if (out.checkError()) {
          throw new IOException("standard output takes no more");
        }
      }

      @Override
      public void finish() {
        out.flush();
      }

      @Override
      public void close() {}
    };
  }
}
