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
/// `#`; plain or gzip.
///
/// @param name the file's name up to its first dot
/// @param ids one for each request; any integers from 0 on, best without large gaps
/// @param sizes in bytes, one for each request; 1 where the trace has none
/// @param hasSizes whether the trace has sizes
record Trace(String name, int[] ids, int[] sizes, boolean hasSizes) {

  static Trace read(Path file) throws IOException {
    String fileName = String.valueOf(file.getFileName());
    int dot = fileName.indexOf('.');
    Trace trace =
        new Trace(
            dot < 0 ? fileName : fileName.substring(0, dot), new int[1024], new int[1024], false);
    try (InputStream raw = Files.newInputStream(file);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    fileName.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw,
                    StandardCharsets.US_ASCII),
                1 << 16)) {
      return trace.filledFrom(lines, file);
    }
  }

  private Trace filledFrom(BufferedReader lines, Path file) throws IOException {
    int[] readIds = ids;
    int[] readSizes = sizes;
    boolean sized = false;
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
      sized |= space >= 0;
      count++;
    }
    return new Trace(name, Arrays.copyOf(readIds, count), Arrays.copyOf(readSizes, count), sized);
  }

  private static int size(String line, int space) {
    long size = Long.parseLong(line, space + 1, line.length(), 10);
    return (int) Math.clamp(size, 1, Integer.MAX_VALUE);
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
