package io.forebay.server.forward;

/// What became of an order at one downstream.
public sealed interface ForwardOutcome {

  /// The downstream accepted all of it.
  ///
  /// @param attempts 1 if nothing had to be sent twice
  record Delivered(int attempts) implements ForwardOutcome {}

  /// It was not accepted, or not all of it; it may still serve what was invalidated.
  ///
  /// @param why one line
  record GivenUp(int attempts, String why) implements ForwardOutcome {}

  /// The downstream has no such order.
  record NotExpressible(String why) implements ForwardOutcome {}

  /// Too many waited already.
  record QueueFull() implements ForwardOutcome {}
}
