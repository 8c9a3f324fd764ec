package io.forebay.benchmarks.hitratio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/// A sequence of requests: `id` or `id size-in-bytes` a line, after header lines that start with
/// `#`; plain or gzip. Ids are any integers from 0 on, best without large gaps.
final class Trace {

  private final String name;
  private final int[] ids;
  private final int[] sizes;

  /// @param sizes in bytes, one for each request; 1 where the trace has none
  Trace(String name, int[] ids, int[] sizes) {
    this.name = name;
    this.ids = ids;
    this.sizes = sizes;
  }

  static Trace read(Path file) throws IOException {
    String fileName = String.valueOf(file.getFileName());
    int dot = fileName.indexOf('.');
    String name = dot < 0 ? fileName : fileName.substring(0, dot);
    try (InputStream raw = Files.newInputStream(file);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    fileName.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw,
                    StandardCharsets.US_ASCII),
                1 << 16)) {
      return parse(name, lines, file);
    }
  }

  private static Trace parse(String name, BufferedReader lines, Path file) throws IOException {
    int[] readIds = new int[1024];
    int[] readSizes = new int[1024];
    int count = 0;
    long lineNumber = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      lineNumber++;
      if (line.isEmpty() || line.charAt(0) == '#') {
        continue;
      }
      if (count == readIds.length) {
        readIds = Arrays.copyOf(readIds, count * 2);
        readSizes = Arrays.copyOf(readSizes, count * 2);
      }
      int space = line.indexOf(' ');
      try {
        readIds[count] = Integer.parseUnsignedInt(line, 0, space < 0 ? line.length() : space, 10);
        readSizes[count] = space < 0 ? 1 : size(line, space);
      } catch (NumberFormatException e) {
        throw new IOException(
            file + ", line " + lineNumber + ": expected 'id' or 'id size', found '" + line + "'",
            e);
      }
      count++;
    }
    return new Trace(name, Arrays.copyOf(readIds, count), Arrays.copyOf(readSizes, count));
  }

  private static int size(String line, int space) {
    long size = Long.parseLong(line, space + 1, line.length(), 10);
    return Math.clamp(size, 1, Integer.MAX_VALUE);
  }

  String name() {
    return name;
  }

  int[] ids() {
    return ids;
  }

  int[] sizes() {
    return sizes;
  }

  int requests() {
    return ids.length;
  }

  /// Of all requests.
  long bytes() {
    return Arrays.stream(sizes).asLongStream().sum();
  }

  long uniqueIds() {
    return Arrays.stream(ids).distinct().count();
  }

  int largestId() {
    return Arrays.stream(ids).max().orElse(0);
  }
}
