package io.forebay.cache;

import java.util.Optional;
import java.util.function.Predicate;

/// Which entries to list.
///
/// @param after list keys greater than this one; empty for the first page
/// @param keys which keys, by any test (prefix, glob)
/// @param tag only entries that carry this tag exactly
/// @param limit at most so many; at least 1
public record ListingQuery<K>(
    Optional<K> after, Predicate<K> keys, Optional<String> tag, int limit) {

  public ListingQuery {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, was " + limit);
    }
  }
}
