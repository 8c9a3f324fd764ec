package io.forebay.cache;

import java.util.List;
import java.util.Optional;

/// The barriers of one cache at one moment: what stays of many records.
///
/// @param floor values whose load began before it are misses
/// @param raised no [Scope.Keys] is among them
public record BarrierSnapshot(Optional<Position> floor, List<Raised> raised) {

  public static final BarrierSnapshot EMPTY = new BarrierSnapshot(Optional.empty(), List.of());

  public BarrierSnapshot {
    raised = List.copyOf(raised);
  }

  public static BarrierSnapshot floorAt(Position floor) {
    return new BarrierSnapshot(Optional.of(floor), List.of());
  }

  /// Barriers of one mode that were raised at the same position.
  public record Raised(Position position, Invalidation.Mode mode, Scope scope) {}
}
