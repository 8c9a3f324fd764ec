package io.forebay.proxy;

import io.forebay.cache.tier.FillTurn;
import io.forebay.http.caching.ReuseDecision;
import io.forebay.http.caching.ReuseRules;
import io.forebay.proxy.fetch.Flight;
import io.forebay.proxy.pages.PageStore;
import io.forebay.proxy.pages.StoredCandidatePage;
import java.time.Duration;
import java.util.Optional;

/// Nodes that share a tier take turns to fetch a page, so that a miss costs the origin one request
/// however many nodes have it.
///
/// A node waits for another once. If nothing of use is stored then, the response was not for
/// others: it asks by itself and keeps nobody waiting. If the other is lost, its turn passes on, so
/// that one more request is made and not one by every node.
final class Turns {

  /// Should one node after the other be lost.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final PageStore pages;

  Turns(PageStore pages) {
    this.pages = pages;
  }

  /// Takes this node's turn for a flight that is to begin.
  ///
  /// @return what another node has stored meanwhile; empty if the flight has to fetch
  Optional<ReuseDecision.ServeFresh<StoredCandidatePage>> take(
      Need need, Flight flight, String variant) {
    Optional<PageStore.Turn> taken = pages.turn(need.key(), variant, PATIENCE);
    if (taken.isEmpty()) {
      return fresh(need); // it took too long
    }
    FillTurn turn = taken.get().turn();
    Optional<ReuseDecision.ServeFresh<StoredCandidatePage>> stored =
        taken.get().waited() ? fresh(need) : Optional.empty();
    if (stored.isPresent() || (taken.get().waited() && !taken.get().otherWasLost())) {
      turn.end();
    } else {
      flight.load().hasTurn(turn);
    }
    return stored;
  }

  private Optional<ReuseDecision.ServeFresh<StoredCandidatePage>> fresh(Need need) {
    var stored = pages.candidates(need.key(), need.request()).pages();
    return ReuseRules.decide(need.request(), stored, need.route().policy())
            instanceof ReuseDecision.ServeFresh<StoredCandidatePage> fresh
        ? Optional.of(fresh)
        : Optional.empty();
  }
}
