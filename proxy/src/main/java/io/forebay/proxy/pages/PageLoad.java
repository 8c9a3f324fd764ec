package io.forebay.proxy.pages;

import io.forebay.cache.LoadToken;

/// A load of a page.
///
/// @param token the engine's, with the log position at which it began
/// @param number loads of a store are counted: a greater one began later, and what it brought is
///   not replaced by what an earlier one brings
public record PageLoad(LoadToken<String> token, long number) {

  /// Ends it without a result. Idempotent.
  public void abandon() {
    token.abandon();
  }
}
