package io.forebay.backends.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a node takes part in a log that nodes share.
///
/// @param node its name in receipts
/// @param lease how long it trusts what it knows after the log was last read; the same on every
///   node
/// @param keptRecords so many records stay for nodes that were away; more go, oldest first
/// @param keptFor records that are older go too
/// @param maxQueued batches that wait for the log at most while it cannot be reached
/// @param queueFile where they wait; empty for in memory
public record FleetSettings(
    String node,
    Duration lease,
    int keptRecords,
    Duration keptFor,
    int maxQueued,
    Optional<Path> queueFile) {

  public static final Duration DEFAULT_LEASE = Duration.ofSeconds(3);
  public static final int DEFAULT_KEPT_RECORDS = 20_000;
  public static final Duration DEFAULT_KEPT_FOR = Duration.ofHours(1);
  public static final int DEFAULT_MAX_QUEUED = 10_000;

  /// With the defaults.
  public static FleetSettings of(String node) {
    return new FleetSettings(
        node,
        DEFAULT_LEASE,
        DEFAULT_KEPT_RECORDS,
        DEFAULT_KEPT_FOR,
        DEFAULT_MAX_QUEUED,
        Optional.empty());
  }

  public FleetSettings withLease(Duration span) {
    return new FleetSettings(node, span, keptRecords, keptFor, maxQueued, queueFile);
  }

  public FleetSettings withKeptRecords(int records) {
    return new FleetSettings(node, lease, records, keptFor, maxQueued, queueFile);
  }

  public FleetSettings withKeptFor(Duration span) {
    return new FleetSettings(node, lease, keptRecords, span, maxQueued, queueFile);
  }

  public FleetSettings withMaxQueued(int batches) {
    return new FleetSettings(node, lease, keptRecords, keptFor, batches, queueFile);
  }

  public FleetSettings withQueueFile(Path file) {
    return new FleetSettings(node, lease, keptRecords, keptFor, maxQueued, Optional.of(file));
  }

  /// A heartbeat each.
  Duration beat() {
    return lease.dividedBy(5);
  }

  /// When others take a node for gone: clocks need not run alike to better than a fifth.
  static long goneAfterMicros(long leaseMicros) {
    return leaseMicros + leaseMicros / 5;
  }
}
