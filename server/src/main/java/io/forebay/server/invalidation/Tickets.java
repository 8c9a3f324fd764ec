package io.forebay.server.invalidation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the server knows of recent invalidations besides their progress in the caches, by the
/// receipt's id; the newest few. Thread-safe.
final class Tickets {

  /// @param passing empty until it is in force
  record Ticket(Source source, List<Operation> operations, Optional<Passing> passing) {

    List<TargetProgress> targets() {
      return passing.map(Passing::asOfNow).orElse(List.of());
    }
  }

  private final int most;
  private final Map<String, Ticket> byId = new LinkedHashMap<>();

  Tickets(int most) {
    this.most = most;
  }

  synchronized void put(String id, Ticket ticket) {
    byId.put(id, ticket);
    if (byId.size() > most) {
      var _ = byId.remove(byId.keySet().iterator().next());
    }
  }

  synchronized Optional<Ticket> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }
}
