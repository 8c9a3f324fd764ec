package io.forebay.server.compat;

import io.forebay.cache.EntryFacts;
import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.audit.AuditedOperation;
import io.forebay.server.caches.EntryDraft;
import io.forebay.server.caches.EntryView;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.compat.ForeignAnswers.Stored;
import io.forebay.server.predict.Prediction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// ChronoCache: pairs of texts whose lifetime is predicted, and the predictor itself. Errors are
/// plain text.
final class ChronoCacheRoutes {

  /// What `GET /cache` lists at most; what is left off is said in a field.
  private static final int MAX_LISTED = 10_000;

  private static final long MAX_LISTED_BYTES = 16L << 20;

  private final CompatRoutes.Parts parts;

  private ChronoCacheRoutes(CompatRoutes.Parts parts) {
    this.parts = parts;
  }

  static List<ApiRoute> of(CompatRoutes.Parts parts) {
    var routes = new ChronoCacheRoutes(parts);
    var set = parts.audited().entryWrite(AuditedOperation.ENTRY_PUT, routes::set);
    return List.of(
            ApiRoute.of("POST", "/set", Role.WRITE, set).withBody(parts.maxBodyBytes()),
            ApiRoute.of("GET", "/cache", Role.READ, routes::list),
            ApiRoute.of("POST", "/predict", Role.READ, routes::predict)
                .withBody(CompatRoutes.SMALL_BODY_BYTES))
        .stream()
        .map(route ->
            route.inTheMannerOf(
                CompatRoutes.TOKEN_FIELDS,
                problem ->
                    ApiResponse.text(
                        problem.type().status(),
                        problem.field().map(field -> field + ": ").orElse("")
                            + problem.detail()
                            + problem.expected().map(text -> " Expected " + text + ".").orElse("")
                            + "\n")))
        .toList();
  }

  private ApiResponse set(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    String key = body.requiredText("key");
    StoredValue value = ForeignValue.text(body.requiredText("value"));
    Duration ttl = parts.predictor().predict(key, Optional.of(value)).ttl();
    var draft = new EntryDraft(value, Optional.of(ttl), Optional.empty(), List.of(), Map.of());
    boolean isPending = parts.answers().write(CompatRoutes.CACHE, key, draft) == Stored.PENDING;
    return ApiResponse.text(
        isPending ? 202 : 200,
        ForeignAnswers.sentence(
            isPending, "Key " + key + " set with TTL " + ttl.toSeconds() + "s"));
  }

  private ApiResponse list(ApiRequest request) {
    ForeignListing.Page page =
        parts.listing().list(CompatRoutes.CACHE, Optional.empty(), 0, MAX_LISTED);
    List<Map<String, Object>> rows = new ArrayList<>();
    long room = MAX_LISTED_BYTES;
    boolean isCut = page.hasMore();
    for (EntryFacts<String> facts : page.entries()) {
      Optional<EntryView> entry = parts.answers().peek(CompatRoutes.CACHE, facts.key());
      if (entry.isEmpty()) {
        continue;
      }
      room -= entry.get().value().length();
      if (room < 0) {
        isCut = true;
        break;
      }
      rows.add(row(entry.get()));
    }
    ApiResponse response = ApiResponse.json(200, rows);
    return isCut ? response.with("Forebay-Left-Off", "true") : response;
  }

  /// `ttl` is what is left, in seconds that have begun: the full lifetime at first, never 0.
  private static Map<String, Object> row(EntryView entry) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("key", entry.key());
    row.put("value", ForeignValue.toText(entry.value()));
    row.put("ttl", Math.max(1, Math.ceilDiv(entry.freshLeft().toMillis(), 1000L)));
    return row;
  }

  /// Always the built-in predictor's word: were it the external one's, two servers that name each
  /// other would ask for ever.
  private ApiResponse predict(ApiRequest request) {
    ForeignBody body = ForeignBody.of(request);
    Prediction prediction =
        parts
            .learned()
            .predict(body.requiredText("key"), body.text("value").map(ForeignValue::text));
    return ApiResponse.json(200, prediction.members());
  }
}
