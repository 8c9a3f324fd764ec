package io.forebay.server.invalidation;

import io.forebay.cache.InvalidationReceipt;
import java.util.List;

/// How far an invalidation has come, on every node and downstream, at one moment.
///
/// @param operations what it covers
/// @param isKept whether the log has it: a restart does not forget it
/// @param targets what the caches downstream did; empty if it does not concern them
public record Receipt(
    InvalidationReceipt progress,
    Source source,
    List<Operation> operations,
    boolean isKept,
    List<TargetProgress> targets) {

  public Receipt {
    operations = List.copyOf(operations);
    targets = List.copyOf(targets);
  }

  public String id() {
    return progress.id();
  }

  /// Whether every node has given back what it covers, so that the counts are final but for loads
  /// under way.
  public boolean isSwept() {
    return progress.stage() == InvalidationReceipt.Stage.SWEPT;
  }

  /// Entries dropped or marked stale so far, on all nodes.
  public long affected() {
    return affectedBy(progress);
  }

  static long affectedBy(InvalidationReceipt progress) {
    return progress.nodes().stream().mapToLong(node -> node.erased() + node.marked()).sum();
  }

  /// Whether a target downstream did not take it, for good.
  public boolean isRefusedDownstream() {
    return targets.stream().anyMatch(target -> target.failed() > 0);
  }

  /// Whether it is still on its way to a target downstream.
  public boolean isUnderWayDownstream() {
    return targets.stream().anyMatch(target -> target.pending() > 0);
  }
}
