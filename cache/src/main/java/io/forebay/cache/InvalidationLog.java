package io.forebay.cache;

import java.time.Duration;
import java.util.function.Consumer;

/// The totally ordered, numbered sequence of invalidations that caches and tiers agree on. One log
/// serves all caches of a node, and, where nodes share it, all nodes.
///
/// Every record reaches the listeners of this node one after the other, in the order of positions,
/// whoever appended it.
///
/// Thread-safe.
public interface InvalidationLog {

  /// The newest position that is in force on this node, or the epoch's zeroth. A load that begins
  /// now notes it: later records may concern its result, earlier ones cannot. Never waits.
  Position last();

  /// The newest position that will survive a restart, at most [#last]. A tier that outlives the
  /// process keeps a value only once the position at which its load began is durable: otherwise
  /// another record could come to have that position.
  Position durable();

  /// Adds a batch and returns when it is in force on this node and kept (or could not be). May wait
  /// for a disk or a network.
  LogOutcome append(InvalidationBatch batch);

  /// How long what this node knows of the log may be trusted. Endless for a log of one node.
  default Lease lease() {
    return Lease.ENDLESS;
  }

  /// Waits until a position is in force on every node that may serve anything: others have it, or
  /// their leases have ended. At once for a log of one node.
  ///
  /// @return whether it came to that within `patience`
  default boolean awaitEverywhere(Position position, Duration patience)
      throws InterruptedException {
    return true;
  }

  /// Lets a listener hear of records that concern the cache of this name, after telling it what of
  /// the past still matters. A name has one listener at a time.
  ///
  /// @throws IllegalStateException if the name has one already
  void subscribe(String cache, InvalidationListener listener);

  /// Ends what [#subscribe] began. Idempotent.
  void unsubscribe(String cache, InvalidationListener listener);

  /// Lets somebody hear of every record, before the caches do.
  void observe(Consumer<InvalidationRecord> observer);
}
