package io.forebay.backends.file;

import java.nio.file.Path;
import java.time.Duration;

/// Where the files are and how much they may hold.
///
/// @param folder of its own; made if missing
/// @param maxBytes of all files; at least four times `segmentBytes`
/// @param segmentBytes of one file; [#LEAST_SEGMENT_BYTES] to [#MOST_SEGMENT_BYTES]. A value may
///   take a quarter of it
/// @param maxEntries values at most; each takes 32 bytes of memory or more
/// @param forced whether writes and removals are on the disk before they are acknowledged. Without,
///   they survive the end of the process but not that of the machine, after which the tier is empty
/// @param deadline how long a call waits
/// @param longestLife how long a value lives at most
/// @param longestFill how long a load may take to be kept
public record FileTierSettings(
    Path folder,
    long maxBytes,
    int segmentBytes,
    int maxEntries,
    boolean forced,
    Duration deadline,
    Duration longestLife,
    Duration longestFill) {

  public static final int LEAST_SEGMENT_BYTES = 64 << 10;
  public static final int MOST_SEGMENT_BYTES = 1 << 30;

  public static final long DEFAULT_MAX_BYTES = 1L << 30;
  public static final int DEFAULT_SEGMENT_BYTES = 64 << 20;
  public static final int DEFAULT_MAX_ENTRIES = 1_000_000;
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(1);
  public static final Duration DEFAULT_LONGEST_LIFE = Duration.ofHours(24);
  public static final Duration DEFAULT_LONGEST_FILL = Duration.ofMinutes(2);

  public FileTierSettings {
    if (segmentBytes < LEAST_SEGMENT_BYTES
        || segmentBytes > MOST_SEGMENT_BYTES
        || maxBytes / 4 < segmentBytes
        || maxEntries < 1_024) {
      throw new IllegalArgumentException(
          maxBytes + " bytes in files of " + segmentBytes + ", " + maxEntries + " entries");
    }
  }

  /// With the defaults.
  public static FileTierSettings of(Path folder) {
    return new FileTierSettings(
        folder,
        DEFAULT_MAX_BYTES,
        DEFAULT_SEGMENT_BYTES,
        DEFAULT_MAX_ENTRIES,
        false,
        DEFAULT_DEADLINE,
        DEFAULT_LONGEST_LIFE,
        DEFAULT_LONGEST_FILL);
  }

  public FileTierSettings withBytes(long bytes, int inOneSegment) {
    return new FileTierSettings(
        folder, bytes, inOneSegment, maxEntries, forced, deadline, longestLife, longestFill);
  }

  public FileTierSettings withMaxEntries(int entries) {
    return new FileTierSettings(
        folder, maxBytes, segmentBytes, entries, forced, deadline, longestLife, longestFill);
  }

  public FileTierSettings withForced(boolean on) {
    return new FileTierSettings(
        folder, maxBytes, segmentBytes, maxEntries, on, deadline, longestLife, longestFill);
  }

  public FileTierSettings withDeadline(Duration span) {
    return new FileTierSettings(
        folder, maxBytes, segmentBytes, maxEntries, forced, span, longestLife, longestFill);
  }

  public FileTierSettings withLongestFill(Duration span) {
    return new FileTierSettings(
        folder, maxBytes, segmentBytes, maxEntries, forced, deadline, longestLife, span);
  }
}
