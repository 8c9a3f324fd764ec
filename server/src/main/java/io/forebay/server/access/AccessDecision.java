package io.forebay.server.access;

/// Whether a request may go on.
public sealed interface AccessDecision {

  record Granted(Principal principal) implements AccessDecision {}

  /// @param detail one sentence for the client: what was refused and what to do
  record Refused(Reason reason, String detail) implements AccessDecision {}

  /// Why not.
  enum Reason {
    /// Addressed by a name that is not ours: perhaps DNS rebinding.
    HOST,
    /// Sent by a web page of another origin.
    ORIGIN,
    /// A token is needed and none was sent.
    TOKEN_MISSING,
    /// The token sent is not known.
    TOKEN_UNKNOWN,
    /// The token's roles do not include what is needed.
    ROLE
  }
}
