package io.forebay.server.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.forebay.cache.InvalidationOrder;
import io.forebay.server.access.Role;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.ApiRoute;
import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.QueryParameters;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.invalidation.InvalidationAnswer;
import io.forebay.server.invalidation.InvalidationRequest;
import io.forebay.server.invalidation.InvalidationService;
import io.forebay.server.invalidation.InvalidationService.PreviewOutcome;
import io.forebay.server.invalidation.PreviewPage;
import io.forebay.server.invalidation.Receipt;
import io.forebay.server.invalidation.Requester;
import io.forebay.server.invalidation.Source;
import io.forebay.server.invalidation.Wait;
import io.forebay.server.settings.Durations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `/v1/invalidations`.
public final class InvalidationEndpoints {

  /// A thousand operations that each name a tag of the longest, and as much again.
  private static final long MAX_BODY_BYTES = 4L << 20;

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;
  private static final int MAX_WHY = 500;
  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);
  private static final Optional<String> FIELD = Optional.of("operations");

  private final InvalidationService invalidations;
  private final OperationReader reader;
  private final Duration longestWait;

  private InvalidationEndpoints(
      InvalidationService invalidations, EntryRules rules, Duration longestWait) {
    this.invalidations = invalidations;
    this.reader = new OperationReader(rules);
    this.longestWait = longestWait;
  }

  /// @param longestWait for an answer; after that the connection could be taken for idle
  public static List<ApiRoute> routes(
      InvalidationService invalidations, EntryRules rules, Duration longestWait) {
    var endpoints = new InvalidationEndpoints(invalidations, rules, longestWait);
    return List.of(
        ApiRoute.of("POST", "/v1/invalidations", Role.PURGE, endpoints::submit)
            .withBody(MAX_BODY_BYTES),
        ApiRoute.of("GET", "/v1/invalidations", Role.READ, endpoints::list),
        ApiRoute.of("GET", "/v1/invalidations/{id}", Role.READ, endpoints::get),
        ApiRoute.of("POST", "/v1/invalidations:preview", Role.READ, endpoints::preview)
            .withBody(MAX_BODY_BYTES));
  }

  // ---- POST /v1/invalidations

  /// @param mode for operations that say none; `hard` without it
  /// @param waitFor `local` without it
  /// @param timeout with its unit
  record Asked(
      @Nullable List<OperationReader.@Nullable Asked> operations,
      @Nullable String mode,
      @Nullable Boolean dryRun,
      @JsonProperty("wait") @Nullable String waitFor,
      @Nullable String timeout,
      @Nullable String why) {}

  private record Read(Asked asked, InvalidationRequest request) {}

  private ApiResponse submit(ApiRequest request) {
    var by = new Requester(request.principal().name(), request.address());
    Read read;
    try {
      read = read(request, by);
    } catch (RequestRefused refused) {
      return answer(invalidations.refuse(by, Source.API, refused.problem()));
    }
    if (Boolean.TRUE.equals(read.asked().dryRun())) {
      return dryRun(read.request().orders());
    }
    return answer(invalidations.submit(read.request(), FIELD));
  }

  private Read read(ApiRequest request, Requester by) {
    request.query().only(Set.of());
    Asked asked = Json.read(request.body(), Asked.class);
    List<InvalidationOrder> orders = reader.read(asked.operations(), asked.mode());
    Wait wait = asked.waitFor() == null ? Wait.LOCAL : waitFor(asked.waitFor());
    String why = Optional.ofNullable(asked.why()).orElse("");
    if (why.length() > MAX_WHY) {
      throw refused("why", "at most " + MAX_WHY + " characters", "It is too long.");
    }
    return new Read(
        asked,
        new InvalidationRequest(by, Source.API, orders, why, wait, timeout(asked.timeout())));
  }

  private static Wait waitFor(String text) {
    return Wait.named(text)
        .orElseThrow(() ->
            refused(
                "wait",
                "one of "
                    + Arrays.stream(Wait.values())
                        .map(Wait::text)
                        .collect(Collectors.joining(", ")),
                "There is nothing of that name to wait for."));
  }

  private Duration timeout(@Nullable String text) {
    if (text == null) {
      return USUAL_TIMEOUT.compareTo(longestWait) < 0 ? USUAL_TIMEOUT : longestWait;
    }
    return Durations.parse(text)
        .filter(span -> span.compareTo(longestWait) <= 0)
        .orElseThrow(() ->
            refused(
                "timeout",
                "a duration with its unit (ms, s, m, h or d), at most "
                    + Durations.render(longestWait)
                    + " (half of api.idle_timeout); to wait for longer, ask for the receipt again",
                "An answer cannot wait for so long, or it is no duration."));
  }

  private ApiResponse dryRun(List<InvalidationOrder> orders) {
    return switch (invalidations.preview(orders, FIELD, Optional.empty(), 0)) {
      case PreviewOutcome.Refused(var problem) -> ApiResponse.problem(problem);
      case PreviewOutcome.Found(var page) -> {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("dry_run", true);
        view.putAll(PreviewView.totals(page, orders.size()));
        yield ApiResponse.json(200, view);
      }
    };
  }

  private static ApiResponse answer(InvalidationAnswer answer) {
    return switch (answer) {
      case InvalidationAnswer.Done(var receipt) ->
          located(ApiResponse.json(200, ReceiptView.of(receipt)), receipt);
      case InvalidationAnswer.Pending(var receipt) ->
          located(ApiResponse.json(202, ReceiptView.of(receipt)), receipt);
      case InvalidationAnswer.NotKept(var receipt) ->
          located(
              withReceipt(
                      Problem.of(
                          ProblemType.INVALIDATION_NOT_KEPT,
                          "The invalidation is in force on this node, but "
                              + receipt.progress().notKept().orElse("the log did not keep it")
                              + ". Order it again, or look whether the receipt says `kept` later."),
                      receipt)
                  .with("Retry-After", "1"),
              receipt);
      case InvalidationAnswer.NotInTime(var receipt) ->
          located(
              withReceipt(
                  Problem.of(
                      ProblemType.INVALIDATION_NOT_IN_TIME,
                      "The invalidation is in force on this node; what else was to be waited for"
                          + " did not come in time. The receipt goes on growing."),
                  receipt),
              receipt);
      case InvalidationAnswer.NotPassedOn(var receipt) ->
          located(
              withReceipt(
                  Problem.of(
                      ProblemType.INVALIDATION_NOT_PASSED_ON,
                      "The invalidation is in force on every node; a cache downstream did not take"
                          + " it, and may still serve what it covers. The receipt says which, and"
                          + " why."),
                  receipt),
              receipt);
      case InvalidationAnswer.Refused(var problem) -> {
        ApiResponse response = ApiResponse.problem(problem);
        yield problem.type() == ProblemType.AUDIT_UNAVAILABLE
            ? response.with("Retry-After", "1")
            : response;
      }
    };
  }

  private static ApiResponse located(ApiResponse response, Receipt receipt) {
    return response.with("Location", "/v1/invalidations/" + receipt.id());
  }

  private static ApiResponse withReceipt(Problem problem, Receipt receipt) {
    return ApiResponse.problem(problem, Map.of("receipt", ReceiptView.of(receipt)));
  }

  // ---- GET /v1/invalidations

  private ApiResponse list(ApiRequest request) {
    QueryParameters query = request.query().only(Set.of("cursor", "limit"));
    int limit = query.value("limit").map(InvalidationEndpoints::limit).orElse(DEFAULT_LIMIT);
    // One more than the page, to know whether another follows.
    List<Receipt> found = invalidations.newest(query.value("cursor"), limit + 1);
    List<Receipt> page = found.subList(0, Math.min(limit, found.size()));
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("receipts", page.stream().map(ReceiptView::of).toList());
    if (found.size() > limit) {
      view.put("next_cursor", page.getLast().id());
    }
    return ApiResponse.json(200, view);
  }

  private ApiResponse get(ApiRequest request) {
    request.query().only(Set.of());
    return invalidations
        .receipt(request.path("id"))
        .map(receipt -> ApiResponse.json(200, ReceiptView.of(receipt)))
        .orElseGet(() ->
            ApiResponse.problem(
                new Problem(
                    ProblemType.NO_SUCH_RECEIPT,
                    "There is no receipt of that id; they are kept for an hour, the newest 10,000,"
                        + " until the server ends. The audit knows longer.",
                    Optional.of("id"),
                    Optional.empty())));
  }

  private static int limit(String text) {
    if (!Pattern.matches("\\d{1,4}", text)) {
      throw refused("limit", "a whole number from 1 to " + MAX_LIMIT, "The limit is no number.");
    }
    return bounded(Integer.parseInt(text));
  }

  private static int bounded(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw refused(
          "limit", "a whole number from 1 to " + MAX_LIMIT, "The limit is out of bounds.");
    }
    return limit;
  }

  // ---- POST /v1/invalidations:preview

  /// @param mode has no part in what is covered; read so that the body of an invalidation will do
  record Previewed(
      @Nullable List<OperationReader.@Nullable Asked> operations,
      @Nullable String mode,
      @Nullable String cursor,
      @Nullable Integer limit) {}

  private ApiResponse preview(ApiRequest request) {
    request.query().only(Set.of());
    Previewed asked = Json.read(request.body(), Previewed.class);
    List<InvalidationOrder> orders = reader.read(asked.operations(), asked.mode());
    int limit = asked.limit() == null ? DEFAULT_LIMIT : bounded(asked.limit());
    Optional<PreviewPage.Cursor> cursor =
        Optional.ofNullable(asked.cursor()).map(InvalidationEndpoints::cursor);
    return switch (invalidations.preview(orders, FIELD, cursor, limit)) {
      case PreviewOutcome.Refused(var problem) -> ApiResponse.problem(problem);
      case PreviewOutcome.Found(var page) -> {
        Map<String, Object> view = PreviewView.totals(page, orders.size());
        view.put("matches", PreviewView.matches(page));
        page.next().ifPresent(next -> view.put("next_cursor", cursor(next)));
        yield ApiResponse.json(200, view);
      }
    };
  }

  /// A cache's name has no colon.
  private static String cursor(PreviewPage.Cursor cursor) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((cursor.cache() + ":" + cursor.key()).getBytes(StandardCharsets.UTF_8));
  }

  private static PreviewPage.Cursor cursor(String text) {
    try {
      String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      if (colon > 0) {
        var cursor =
            new PreviewPage.Cursor(decoded.substring(0, colon), decoded.substring(colon + 1));
        if (cursor(cursor).equals(text)) {
          return cursor;
        }
      }
    } catch (IllegalArgumentException e) {
      throw noCursor();
    }
    throw noCursor();
  }

  private static RequestRefused noCursor() {
    return refused(
        "cursor", "the next_cursor of the page before", "This cursor did not come from here.");
  }

  private static RequestRefused refused(String field, String expected, String detail) {
    return new RequestRefused(Problem.invalid(field, expected, detail));
  }
}
