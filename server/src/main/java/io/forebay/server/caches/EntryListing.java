package io.forebay.server.caches;

import io.forebay.cache.EntryFacts;
import java.util.List;
import java.util.Optional;

/// What became of listing entries.
public sealed interface EntryListing {

  /// @param next the key after which the next page begins; empty if this is the last
  record Page(List<EntryFacts<String>> entries, Optional<String> next) implements EntryListing {}

  record UnknownCache() implements EntryListing {}

  record Invalid(Violation violation) implements EntryListing {}

  /// Which entries to list; every condition that is present must hold.
  ///
  /// @param prefix of the key
  /// @param match a [io.forebay.cache.GlobPattern]
  /// @param tag carried exactly
  /// @param after list keys greater than this one
  /// @param limit 1 to [#MAX_LIMIT]
  record Query(
      Optional<String> prefix,
      Optional<String> match,
      Optional<String> tag,
      Optional<String> after,
      int limit) {
    public static final int MAX_LIMIT = 1000;
  }
}
