package io.forebay.server.cli;

import io.forebay.server.api.Json;
import io.forebay.server.backup.BackupLines;
import io.forebay.server.backup.LineReader;
import io.forebay.server.backup.LineReader.Line;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;

/// A backup in a file, or on standard input.
final class FileSource implements BackupSource {

  private static final int LONGEST_LINE = 256 << 20;

  private final InputStream in;
  private final LineReader lines;
  private long read;
  private boolean isOver;
  private String missing = "";

  /// @param in compressed or not
  FileSource(InputStream in) throws IOException {
    this.in = BackupFile.unzipped(in);
    this.lines = new LineReader(this.in, LONGEST_LINE);
  }

  @Override
  public Optional<byte[]> next() throws IOException {
    if (isOver) {
      return Optional.empty();
    }
    try {
      switch (lines.next()) {
        case Line.Whole(long _, byte[] line, boolean isEnded) -> {
          if (BackupLines.isEnd(line)) {
            return end(line);
          }
          if (isEnded || Json.tree(line).isPresent()) {
            read++;
            return Optional.of(line);
          }
          return cutOff();
        }
        case Line.None() -> {
          return cutOff();
        }
        case Line.TooLong(long number) -> throw new IOException("line " + number + " is too long");
      }
    } catch (EOFException e) {
      return cutOff();
    } catch (ZipException e) {
      missing = "the backup cannot be decompressed behind line " + read + ": " + e.getMessage();
      isOver = true;
      return Optional.empty();
    }
  }

  private Optional<byte[]> cutOff() {
    isOver = true;
    missing = "the backup is cut off behind line " + read + ": what came later is missing";
    return Optional.empty();
  }

  /// Its count leaves out the first line.
  private Optional<byte[]> end(byte[] line) throws IOException {
    isOver = true;
    long counted = Json.tree(line).map(end -> end.path("entries").asLong(-1)).orElse(-1L);
    if (counted != read - 1) {
      missing =
          "the backup says that it has " + counted + " entries, but " + (read - 1) + " are there";
    } else if (!(lines.next() instanceof Line.None)) {
      missing = "something comes behind the backup's end, which was left out";
    }
    return Optional.empty();
  }

  @Override
  public List<String> missing() {
    return missing.isEmpty() ? List.of() : List.of(missing);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
