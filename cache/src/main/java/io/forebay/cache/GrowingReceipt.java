package io.forebay.cache;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// One of [Receipts]. What is not final is guarded by their lock, but the counters.
final class GrowingReceipt {

  /// The orders that it remembers have at most so many names together.
  private static final int REMEMBERED_NAMES = 100;

  final String id;
  final long acceptedNanos;
  final LongAdder erased = new LongAdder();
  final LongAdder marked = new LongAdder();

  /// Caches that still have to sweep, each with its newest position to sweep for.
  final Map<String, Position> sweeping = new HashMap<>();

  volatile @Nullable Position first;
  volatile @Nullable Position last;
  @Nullable Instant inForce;
  @Nullable Instant swept;
  @Nullable String notKept;
  boolean queued;

  /// When each other node was first known to be safe: it had it, or was gone.
  final Map<String, Safe> others = new LinkedHashMap<>();

  record Safe(Instant since, boolean gone) {}

  private final Instant accepted;
  private final String who;
  private final String why;
  private final int operations;
  private final List<InvalidationOrder> remembered;

  GrowingReceipt(String id, InvalidationBatch batch, TimeSource time) {
    this.id = id;
    this.acceptedNanos = time.nanoTime();
    this.accepted = time.now();
    this.who = batch.who();
    this.why = batch.why();
    this.operations = batch.orders().size();
    this.remembered = beginningOf(batch.orders());
  }

  private static List<InvalidationOrder> beginningOf(List<InvalidationOrder> orders) {
    List<InvalidationOrder> beginning = new ArrayList<>();
    int names = 0;
    for (InvalidationOrder order : orders) {
      names += namesIn(order.scope());
      if (names > REMEMBERED_NAMES) {
        break;
      }
      beginning.add(order);
    }
    return beginning;
  }

  private static int namesIn(Scope scope) {
    return switch (scope) {
      case Scope.Keys(Set<String> keys) -> keys.size();
      case Scope.Tags(Set<String> tags) -> tags.size();
      case Scope.Prefixes(Set<String> prefixes) -> prefixes.size();
      case Scope.Patterns(Set<GlobPattern> patterns) -> patterns.size();
      case Scope.Urls(Set<String> urls) -> urls.size();
      case Scope.Hosts(Set<String> hosts) -> hosts.size();
      case Scope.Everything() -> 1;
    };
  }

  /// Whether nothing is left to sweep of what it put in force.
  boolean isDone() {
    return inForce != null && sweeping.isEmpty();
  }

  /// Whether a position that is not before its first is one of its own.
  boolean reaches(Position position) {
    Position end = last;
    return end != null && position.compareTo(end) <= 0;
  }

  /// Notes what is heard of other nodes.
  ///
  /// @return whether all are safe
  boolean heard(List<Peer> peers, Instant now) {
    Position end = last;
    if (end == null) {
      return false;
    }
    boolean all = true;
    for (Peer peer : peers) {
      boolean has = peer.applied().compareTo(end) >= 0;
      if (has) {
        others.merge(peer.name(), new Safe(now, false), (old, late) -> old.gone ? late : old);
      } else if (peer.isGone()) {
        others.putIfAbsent(peer.name(), new Safe(now, true));
      } else {
        all = false;
      }
    }
    return all;
  }

  private InvalidationReceipt.NodeProgress progressOf(String name) {
    Safe safe = others.get(name);
    return new InvalidationReceipt.NodeProgress(
        name,
        safe == null || safe.gone ? Optional.empty() : Optional.of(safe.since),
        Optional.empty(),
        0,
        0,
        safe == null || !safe.gone ? Optional.empty() : Optional.of(safe.since));
  }

  /// @param peers whoever else may have it to do
  InvalidationReceipt asOfNow(String node, List<Peer> peers) {
    List<InvalidationReceipt.NodeProgress> nodes = new ArrayList<>();
    nodes.add(
        new InvalidationReceipt.NodeProgress(
            node,
            Optional.ofNullable(inForce),
            Optional.ofNullable(swept),
            erased.sum(),
            marked.sum(),
            Optional.empty()));
    Set<String> names = new LinkedHashSet<>(others.keySet());
    peers.forEach(peer -> names.add(peer.name()));
    names.forEach(name -> nodes.add(progressOf(name)));
    return new InvalidationReceipt(
        id,
        who,
        why,
        accepted,
        operations,
        remembered,
        Optional.ofNullable(first),
        Optional.ofNullable(last),
        Optional.ofNullable(notKept),
        queued,
        nodes);
  }
}
