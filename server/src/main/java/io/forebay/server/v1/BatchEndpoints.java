package io.forebay.server.v1;

import io.forebay.cache.Precondition;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Json;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryDraft;
import io.forebay.server.caches.EntryService;
import io.forebay.server.caches.EntryView;
import io.forebay.server.caches.EntryWriteOutcome;
import io.forebay.server.caches.ReadOutcome;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.settings.Durations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// `POST /v1/caches/{cache}/entries:batchGet|batchPut|batchDelete`. Items are independent: each has
/// an outcome of its own, in order, with the status that it would have alone.
final class BatchEndpoints {

  static final int MAX_ITEMS = 1000;

  private final EntryService entries;

  BatchEndpoints(EntryService entries) {
    this.entries = entries;
  }

  /// The longest batch body: room for one value of the largest size in base64, and as much again.
  static long maxBodyBytes(long maxValueBytes) {
    return 2 * maxValueBytes + (1 << 20);
  }

  /// The keys to get or delete.
  record Keys(@Nullable List<@Nullable String> keys) {}

  /// The items to put.
  record Items(@Nullable List<@Nullable Item> items) {}

  /// One item to put: exactly one of `text`, `json` and `base64`.
  ///
  /// @param ttl with its unit, `30s`
  /// @param staleWhileRevalidate with its unit
  /// @param ifVersion compare and set
  /// @param ifAbsent add only
  record Item(
      @Nullable String key,
      @Nullable String text,
      @Nullable JsonNode json,
      @Nullable String base64,
      @Nullable String contentType,
      @Nullable String ttl,
      @Nullable String staleWhileRevalidate,
      @Nullable List<String> tags,
      @Nullable Map<String, String> metadata,
      @Nullable Long ifVersion,
      @Nullable Boolean ifAbsent) {}

  ApiResponse get(ApiRequest request) {
    request.query().only(Set.of());
    String cache = request.path("cache");
    List<Object> results = new ArrayList<>();
    long roomBytes = maxBodyBytes(entries.rules().maxValueBytes());
    for (String key : keys(request)) {
      switch (entries.read(cache, key)) {
        case ReadOutcome.UnknownCache() -> {
          return ApiResponse.problem(Outcomes.unknownCache(cache));
        }
        case ReadOutcome.Invalid(var violation) ->
            results.add(result(key, Outcomes.invalid(violation)));
        case ReadOutcome.Absent() -> results.add(result(key, Outcomes.absent()));
        case ReadOutcome.Found(var entry) -> {
          roomBytes -= entry.value().length();
          results.add(
              roomBytes < 0
                  ? result(
                      key,
                      Problem.of(
                          ProblemType.TOO_LARGE, "The answer is full; get this entry alone."))
                  : found(entry));
        }
      }
    }
    return ApiResponse.json(200, Map.of("results", results));
  }

  private static Map<String, Object> found(EntryView entry) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("key", entry.key());
    result.put("status", 200);
    result.put("version", entry.version());
    result.put("fresh", entry.fresh());
    result.put("age_seconds", entry.age().toSeconds());
    result.put("ttl_seconds", entry.freshLeft().toSeconds());
    result.put("tags", entry.tags());
    result.put("metadata", entry.metadata());
    result.putAll(BatchValue.members(entry.value()));
    return result;
  }

  ApiResponse delete(ApiRequest request) {
    request.query().only(Set.of());
    String cache = request.path("cache");
    List<Object> results = new ArrayList<>();
    int changed = 0;
    for (String key : keys(request)) {
      EntryWriteOutcome outcome = entries.delete(cache, key, Precondition.NONE);
      if (outcome instanceof EntryWriteOutcome.UnknownCache) {
        return ApiResponse.problem(Outcomes.unknownCache(cache));
      }
      results.add(result(key, outcome, cache));
      changed += outcome instanceof EntryWriteOutcome.Deleted ? 1 : 0;
    }
    return ApiResponse.json(200, Map.of("results", results)).affecting(changed);
  }

  private static List<String> keys(ApiRequest request) {
    List<@Nullable String> keys = Json.read(request.body(), Keys.class).keys();
    List<String> present = new ArrayList<>();
    for (String key : bounded("keys", keys)) {
      if (key == null) {
        throw refused("keys[" + present.size() + "]", "text", "A key is null.");
      }
      present.add(key);
    }
    return present;
  }

  private static <T extends @Nullable Object> List<T> bounded(
      String field, @Nullable List<T> items) {
    if (items == null || items.isEmpty() || items.size() > MAX_ITEMS) {
      throw refused(
          field,
          "an array of 1 to " + MAX_ITEMS + " elements",
          items == null ? "It is missing." : "There are " + items.size() + " elements.");
    }
    return items;
  }

  /// All items are read before the first is written: a malformed batch changes nothing.
  ApiResponse put(ApiRequest request) {
    request.query().only(Set.of());
    String cache = request.path("cache");
    List<Write> writes = new ArrayList<>();
    for (Item item : bounded("items", Json.read(request.body(), Items.class).items())) {
      writes.add(write("items[" + writes.size() + "]", item));
    }
    List<Object> results = new ArrayList<>();
    int changed = 0;
    for (Write write : writes) {
      EntryWriteOutcome outcome =
          entries.write(cache, write.key(), write.draft(), write.precondition());
      if (outcome instanceof EntryWriteOutcome.UnknownCache) {
        return ApiResponse.problem(Outcomes.unknownCache(cache));
      }
      results.add(result(write.key(), outcome, cache));
      changed += outcome instanceof EntryWriteOutcome.Written ? 1 : 0;
    }
    return ApiResponse.json(200, Map.of("results", results)).affecting(changed);
  }

  private record Write(String key, EntryDraft draft, Precondition precondition) {}

  private static Write write(String path, @Nullable Item item) {
    if (item == null || item.key() == null) {
      throw refused(path + ".key", "text", "It is missing.");
    }
    var draft =
        new EntryDraft(
            value(path, item),
            duration(path + ".ttl", item.ttl()),
            duration(path + ".stale_while_revalidate", item.staleWhileRevalidate()),
            Optional.ofNullable(item.tags()).orElse(List.of()),
            Optional.ofNullable(item.metadata()).orElse(Map.of()));
    return new Write(item.key(), draft, precondition(path, item));
  }

  private static StoredValue value(String path, Item item) {
    Optional<byte[]> text =
        Optional.ofNullable(item.text()).map(value -> value.getBytes(StandardCharsets.UTF_8));
    Optional<byte[]> json = Optional.ofNullable(item.json()).map(Json::write);
    Optional<byte[]> binary =
        Optional.ofNullable(item.base64()).map(value -> decoded(path + ".base64", value));
    List<Optional<byte[]>> given =
        List.of(text, json, binary).stream().filter(Optional::isPresent).toList();
    if (given.size() != 1) {
      throw refused(path, "exactly one of text, json and base64", "The value is unclear.");
    }
    String usual =
        text.isPresent()
            ? "text/plain; charset=utf-8"
            : json.isPresent() ? "application/json" : "application/octet-stream";
    String type =
        item.contentType() == null
            ? usual
            : EntryFields.contentType(Optional.of(item.contentType()));
    return new StoredValue(given.getFirst().orElseThrow(), type);
  }

  private static byte[] decoded(String path, String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw refused(path, "base64 (RFC 4648 §4)", "It cannot be decoded.");
    }
  }

  private static Optional<Duration> duration(String path, @Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    Optional<Duration> span = Durations.parse(text);
    if (span.isEmpty()) {
      throw refused(
          path, "a duration with its unit (ms, s, m, h or d), such as 30s", "It is no duration.");
    }
    return span;
  }

  private static Precondition precondition(String path, Item item) {
    boolean ifAbsent = Boolean.TRUE.equals(item.ifAbsent());
    if (ifAbsent && item.ifVersion() != null) {
      throw refused(path + ".if_absent", "one of if_absent and if_version", "Both cannot hold.");
    }
    if (item.ifVersion() != null) {
      return new Precondition.VersionIn(Set.of(item.ifVersion()));
    }
    return ifAbsent ? Precondition.ABSENT : Precondition.NONE;
  }

  private static RequestRefused refused(String field, String expected, String detail) {
    return new RequestRefused(
        new Problem(ProblemType.INVALID_JSON, detail, Optional.of(field), Optional.of(expected)));
  }

  private static Map<String, Object> result(String key, EntryWriteOutcome outcome, String cache) {
    return switch (outcome) {
      case EntryWriteOutcome.Written(long version, boolean created) -> {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("key", key);
        result.put("status", created ? 201 : 204);
        result.put("version", version);
        yield result;
      }
      case EntryWriteOutcome.Deleted ignored -> Map.of("key", key, "status", 204);
      case EntryWriteOutcome.Absent() -> result(key, Outcomes.absent());
      case EntryWriteOutcome.PreconditionFailed(var present) ->
          result(key, Outcomes.preconditionFailed(present));
      case EntryWriteOutcome.Pending(var _, var _) -> Map.of("key", key, "status", 202);
      case EntryWriteOutcome.TierFailed(String why, boolean mayHaveHappened) ->
          result(key, Outcomes.tierFailed(why, mayHaveHappened));
      case EntryWriteOutcome.UnknownCache() -> result(key, Outcomes.unknownCache(cache));
      case EntryWriteOutcome.Invalid(var violation) -> result(key, Outcomes.invalid(violation));
    };
  }

  private static Map<String, Object> result(String key, Problem problem) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("key", key);
    result.put("status", problem.type().status());
    result.put("problem", problem.members());
    return result;
  }
}
