package io.forebay.backends.behind;

import java.nio.file.Path;

/// Where the journal is and how much may wait in it.
///
/// @param folder of its own; made if missing
/// @param forced whether a write is on the disk before it is acknowledged. Without, it survives the
///   end of the process but not that of the machine, after which the journal begins empty
/// @param maxBytes of writes that wait; at least [#LEAST_BYTES]
public record WriteBehindSettings(Path folder, boolean forced, long maxBytes) {

  public static final long LEAST_BYTES = 1 << 20;
  public static final long DEFAULT_MAX_BYTES = 64L << 20;

  public WriteBehindSettings {
    if (maxBytes < LEAST_BYTES) {
      throw new IllegalArgumentException("a backlog of " + maxBytes + " bytes");
    }
  }

  /// Bytes of one file of the journal.
  long segmentBytes() {
    return Math.clamp(maxBytes / 4, 1 << 18, 64 << 20);
  }
}
