package io.forebay.server.compat;

import io.forebay.cache.EntryFacts;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryListing;
import io.forebay.server.caches.EntryService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Fresh entries by pattern, from an offset on, in key order.
final class ForeignListing {

  /// Beyond it one looks by pattern: each thousand passed over costs a walk.
  static final int MAX_OFFSET = 100_000;

  static final int MAX_LIMIT = 10_000;

  private final EntryService entries;

  ForeignListing(EntryService entries) {
    this.entries = entries;
  }

  /// @param hasMore whether others follow
  record Page(List<EntryFacts<String>> entries, boolean hasMore) {}

  /// @param pattern with `*`, `?` and the like; empty for every key
  Page list(String cache, Optional<String> pattern, int offset, int limit) {
    List<EntryFacts<String>> found = new ArrayList<>();
    Optional<String> after = Optional.empty();
    int toPass = offset;
    do {
      var query =
          new EntryListing.Query(
              Optional.empty(), pattern, Optional.empty(), after, EntryListing.Query.MAX_LIMIT);
      EntryListing.Page page = page(entries.list(cache, query));
      for (EntryFacts<String> facts : page.entries()) {
        if (!facts.fresh()) {
          continue;
        }
        if (toPass > 0) {
          toPass--;
        } else if (found.size() == limit) {
          return new Page(found, true);
        } else {
          found.add(facts);
        }
      }
      after = page.next();
    } while (after.isPresent());
    return new Page(found, false);
  }

  private static EntryListing.Page page(EntryListing listing) {
    return switch (listing) {
      case EntryListing.Page page -> page;
      case EntryListing.Invalid(var violation) ->
          throw new RequestRefused(
              new Problem(
                  ProblemType.INVALID_REQUEST,
                  violation.detail(),
                  Optional.of("pattern"),
                  Optional.of(violation.expected())));
      case EntryListing.UnknownCache() ->
          throw new RequestRefused(
              Problem.of(ProblemType.UNKNOWN_CACHE, "The cache behind this API was deleted."));
    };
  }
}
