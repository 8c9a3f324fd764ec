package io.forebay.proxy.pages;

import io.forebay.cache.LoadToken;
import io.forebay.cache.tier.FillTurn;
import java.util.concurrent.atomic.AtomicReference;

/// A load of a page.
///
/// @param token the engine's, with the log position at which it began
/// @param number loads of a store are counted: a greater one began later, and what it brought is
///   not replaced by what an earlier one brings
/// @param turn this node's turn to ask the origin, if nodes take turns
public record PageLoad(LoadToken<String> token, long number, AtomicReference<FillTurn> turn) {

  PageLoad(LoadToken<String> token, long number) {
    this(token, number, new AtomicReference<>(FillTurn.NONE));
  }

  /// Takes over a turn; it ends with the load, or before.
  public void hasTurn(FillTurn taken) {
    turn.set(taken);
  }

  /// Lets other nodes go on: the response is stored, or will not be. Idempotent.
  public void endTurn() {
    turn.get().end();
  }

  /// Ends it without a result. Idempotent.
  public void abandon() {
    token.abandon();
    endTurn();
  }
}
