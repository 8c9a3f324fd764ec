package io.forebay.server.cli;

import io.forebay.backends.database.DatabaseUrl;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.settings.ByteSize;
import io.forebay.server.settings.ServerSettings;
import java.util.ArrayList;
import java.util.List;

/// The JVM options that follow from the configured bounds.
///
/// The heap can hold all of `memory.max_bytes` (pages and long values do; short values of key-value
/// caches lie outside it), a quarter of that again so that the collector has room to work, the
/// bodies under way (`api.max_pending_body_bytes`, `proxy.max_fill_bytes`), and 96 MiB for
/// everything else. Netty's direct buffers are bounded by themselves.
///
/// Where a SQLite file lies behind caches, virtual threads have two carriers more than there are
/// processors: reads may hold all but one of them, and one more than can run finds a connection
/// while another waits for a processor.
///
/// @param heapMebibytes the most the heap may grow to
/// @param directMebibytes the most that direct buffers may take
/// @param moreCarriers of virtual threads than processors
record JvmOptions(long heapMebibytes, long directMebibytes, int moreCarriers) {

  private static final long MEBIBYTE = 1 << 20;
  private static final long BASE_MEBIBYTES = 96;
  private static final int MORE_CARRIERS_ON_SQLITE = 2;

  /// Below it the serial collector: it needs the least memory beside the heap.
  private static final long SMALL_HEAP_MEBIBYTES = 1792;

  /// With the serial collector the young generation would grow with the old one, to a third of the
  /// heap: 150 MiB more resident after a million requests, for nothing that a benchmark shows.
  private static final long YOUNG_MEBIBYTES = 12;

  /// How often the C library gives back what the compiler's threads have freed.
  private static final long TRIM_MILLIS = 2_000;

  static JvmOptions of(ServerSettings settings) {
    return of(
        settings.memory().maxBytes(),
        new ByteSize(
            settings.api().maxPendingBodyBytes().bytes() + settings.proxy().maxFillBytes().bytes()),
        isOnSqlite(settings.tiers()));
  }

  private static boolean isOnSqlite(ServerSettings.Tiers tiers) {
    return tiers.open().contains(TierChoice.DATABASE)
        && tiers.database().url() instanceof DatabaseUrl.Sqlite;
  }

  static JvmOptions of(ByteSize caches, ByteSize pendingBodies, boolean onSqlite) {
    long cachesMebibytes = Math.ceilDiv(caches.bytes(), MEBIBYTE);
    long pending = Math.ceilDiv(pendingBodies.bytes(), MEBIBYTE);
    long heap = BASE_MEBIBYTES + cachesMebibytes + Math.ceilDiv(cachesMebibytes, 4L) + pending;
    return new JvmOptions(heap, 128, onSqlite ? MORE_CARRIERS_ON_SQLITE : 0);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("-Xmx" + heapMebibytes + "m");
    lines.add("-Xms16m");
    lines.add("-XX:MaxDirectMemorySize=" + directMebibytes + "m");
    if (heapMebibytes < SMALL_HEAP_MEBIBYTES) {
      lines.add("-XX:+UseSerialGC");
      lines.add("-Xmn" + YOUNG_MEBIBYTES + "m");
    } else {
      lines.add("-XX:+UseG1GC");
    }
    if (moreCarriers > 0) {
      int carriers = Runtime.getRuntime().availableProcessors() + moreCarriers;
      lines.add("-Djdk.virtualThreadScheduler.parallelism=" + carriers);
    }
    lines.add("-XX:TrimNativeHeapInterval=" + TRIM_MILLIS);
    lines.add("-XX:+UseCompactObjectHeaders");
    lines.add("-XX:+ExitOnOutOfMemoryError");
    lines.add("--enable-native-access=ALL-UNNAMED");
    lines.add("--sun-misc-unsafe-memory-access=allow");
    return List.copyOf(lines);
  }
}
