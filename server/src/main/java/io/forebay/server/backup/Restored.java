package io.forebay.server.backup;

import io.forebay.server.caches.Violation;

/// What became of one entry of a backup. Everything but [Simply#RESTORED] changed nothing.
public sealed interface Restored {

  /// Those that need no more words.
  enum Simply implements Restored {
    RESTORED,
    /// What is there is as new or newer.
    KEPT,
    EXPIRED,
    INVALIDATED,
    /// It is not known whether it was invalidated since.
    UNPROVEN,
    /// The cache's policy found other entries worth more.
    NOT_ADMITTED
  }

  /// It breaks a rule of this server.
  record Rejected(Violation violation) implements Restored {}

  /// The import cannot go on.
  sealed interface Stopped extends Restored {}

  record UnknownCache(String name) implements Stopped {}

  record TierFailed(String why) implements Stopped {}
}
