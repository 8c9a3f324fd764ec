package io.forebay.cache;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How far a batch of invalidations has come: it grows until it is swept everywhere.
///
/// @param accepted when it was asked for
/// @param operations how many orders the batch has
/// @param orders the first of them, as many as a receipt remembers
/// @param first the batch's first position; empty before it has one
/// @param last its last
/// @param notKept why the log could not keep it, although it is in force on this node
/// @param queued whether it waits to enter a shared log that cannot be reached: it is pending, and
///   will be kept
/// @param nodes every node that has it to do, this one first
public record InvalidationReceipt(
    String id,
    String who,
    String why,
    Instant accepted,
    int operations,
    List<InvalidationOrder> orders,
    Optional<Position> first,
    Optional<Position> last,
    Optional<String> notKept,
    boolean queued,
    List<NodeProgress> nodes) {

  public InvalidationReceipt {
    orders = List.copyOf(orders);
    nodes = List.copyOf(nodes);
  }

  /// How far all nodes have come at least.
  public enum Stage {
    ACCEPTED,
    IN_FORCE,
    SWEPT
  }

  /// Other nodes do not tell of their sweeps: once it is in force on all of them, this node's
  /// counts. While it is queued no other node can have heard of it, and who there is may not be
  /// known: accepted, no more.
  public Stage stage() {
    if (queued) {
      return Stage.ACCEPTED;
    }
    Stage least =
        nodes.stream().map(NodeProgress::stage).min(Stage::compareTo).orElse(Stage.ACCEPTED);
    return least == Stage.IN_FORCE ? nodes.getFirst().stage() : least;
  }

  /// Whether it is acknowledged: in force, and kept by the log.
  public boolean isAcknowledged() {
    return notKept.isEmpty() && stage() != Stage.ACCEPTED;
  }

  /// One node's part.
  ///
  /// @param inForce when no read could see what it covers any more
  /// @param swept when all of that had been dropped or marked
  /// @param erased entries dropped so far. An entry is counted once, under the newest invalidation
  ///   that covers it; loads under way may add to it even after the sweep
  /// @param marked entries marked stale so far
  /// @param gone when it was taken for gone without having it: its lease had ended by then, so it
  ///   serves nothing as fresh before it has caught up
  public record NodeProgress(
      String node,
      Optional<Instant> inForce,
      Optional<Instant> swept,
      long erased,
      long marked,
      Optional<Instant> gone) {

    Stage stage() {
      if (swept.isPresent()) {
        return Stage.SWEPT;
      }
      return inForce.isPresent() || gone.isPresent() ? Stage.IN_FORCE : Stage.ACCEPTED;
    }
  }
}
