package io.forebay.server.v1;

import io.forebay.cache.EntryFacts;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.QueryParameters;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryListing;
import io.forebay.server.caches.EntryService;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// `GET /v1/caches/{cache}/entries`.
final class ListingEndpoint {

  private static final int DEFAULT_LIMIT = 100;

  private final EntryService entries;

  ListingEndpoint(EntryService entries) {
    this.entries = entries;
  }

  /// One entry of the answer; instants in RFC 3339, UTC.
  record Listed(
      String key,
      long version,
      boolean fresh,
      List<String> tags,
      Map<String, String> metadata,
      Instant created,
      Instant freshUntil,
      Instant staleUntil,
      Instant accessed,
      long accessCount,
      long weightBytes) {

    static Listed of(EntryFacts<String> facts) {
      return new Listed(
          facts.key(),
          facts.version(),
          facts.fresh(),
          facts.tags(),
          facts.metadata(),
          facts.created(),
          facts.freshUntil(),
          facts.staleUntil(),
          facts.accessed(),
          facts.accessCount(),
          facts.weightBytes());
    }
  }

  ApiResponse list(ApiRequest request) {
    QueryParameters query =
        request.query().only(Set.of("match", "prefix", "tag", "cursor", "limit"));
    var asked =
        new EntryListing.Query(
            query.value("prefix"),
            query.value("match"),
            query.value("tag"),
            query.value("cursor").map(ListingEndpoint::key),
            query.value("limit").map(ListingEndpoint::limit).orElse(DEFAULT_LIMIT));
    return switch (entries.list(request.path("cache"), asked)) {
      case EntryListing.UnknownCache() ->
          ApiResponse.problem(Outcomes.unknownCache(request.path("cache")));
      case EntryListing.Invalid(var violation) -> ApiResponse.problem(Outcomes.invalid(violation));
      case EntryListing.Page(var facts, var next) -> {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("entries", facts.stream().map(Listed::of).toList());
        next.ifPresent(key -> page.put("next_cursor", cursor(key)));
        yield ApiResponse.json(200, page);
      }
    };
  }

  private static int limit(String text) {
    if (!Pattern.matches("\\d{1,9}", text)) {
      throw new RequestRefused(
          Problem.invalid(
              "limit",
              "a whole number from 1 to " + EntryListing.Query.MAX_LIMIT,
              "The limit is no number."));
    }
    return Integer.parseInt(text);
  }

  private static String cursor(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  private static String key(String cursor) {
    try {
      return Optional.of(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8))
          .filter(key -> cursor(key).equals(cursor))
          .orElseThrow(ListingEndpoint::noCursor);
    } catch (IllegalArgumentException e) {
      throw noCursor();
    }
  }

  private static RequestRefused noCursor() {
    return new RequestRefused(
        Problem.invalid(
            "cursor", "the next_cursor of the page before", "This cursor did not come from here."));
  }
}
