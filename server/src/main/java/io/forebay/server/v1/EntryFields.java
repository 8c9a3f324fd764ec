package io.forebay.server.v1;

import io.forebay.http.caching.CacheStatus;
import io.forebay.server.api.ApiRequest;
import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.api.RequestRefused;
import io.forebay.server.caches.EntryDraft;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.EntryView;
import io.forebay.server.caches.StoredValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// An entry's parts as HTTP fields: `Content-Type`, `Cache-Control`, `Cache-Tag`,
/// `Forebay-Meta-<name>`.
final class EntryFields {

  private static final String METADATA_PREFIX = "forebay-meta-";
  private static final String DEFAULT_TYPE = "application/octet-stream";
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern FIELD_NAME = Pattern.compile(TOKEN);

  private EntryFields() {}

  /// The draft that a `PUT` brings, or a refusal that names the field.
  static EntryDraft draft(ApiRequest request) {
    if (request.field("Content-Range").isPresent()) {
      // RFC 9110 §14.5: a PUT that would be taken for a partial one.
      throw new RequestRefused(
          Problem.invalid("Content-Range", "the whole value", "An entry is written as a whole."));
    }
    if (request.field("Content-Encoding").filter(text -> !text.equals("identity")).isPresent()) {
      throw new RequestRefused(
          new Problem(
              ProblemType.UNSUPPORTED_MEDIA_TYPE,
              "Values are stored as they are; send it without a content coding.",
              Optional.of("Content-Encoding"),
              Optional.of("identity")));
    }
    LifetimeField lifetime =
        request.field("Cache-Control").map(LifetimeField::parse).orElse(LifetimeField.NONE);
    return new EntryDraft(
        new StoredValue(request.body(), contentType(request.field("Content-Type"))),
        lifetime.fresh(),
        lifetime.stale(),
        tags(request.lines("Cache-Tag")),
        metadata(request));
  }

  static String contentType(Optional<String> given) {
    String type = given.map(String::strip).orElse(DEFAULT_TYPE);
    if (!EntryRules.isMediaType(type)) {
      throw new RequestRefused(
          Problem.invalid(
              "Content-Type", "a media type, such as text/plain", "This is no media type."));
    }
    return type;
  }

  /// Empty list members are skipped, as everywhere in HTTP (RFC 9110 §5.6.1.2).
  private static List<String> tags(List<String> lines) {
    List<String> tags = new ArrayList<>();
    for (String line : lines) {
      for (String tag : line.split(",", -1)) {
        if (!tag.isBlank()) {
          tags.add(tag.strip());
        }
      }
    }
    return tags;
  }

  private static Map<String, String> metadata(ApiRequest request) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (var field : request.fieldsWithPrefix(METADATA_PREFIX)) {
      String name = field.getKey().substring(METADATA_PREFIX.length());
      if (name.isEmpty() || metadata.putIfAbsent(name, field.getValue()) != null) {
        throw new RequestRefused(
            Problem.invalid(
                "Forebay-Meta-" + name, "a name, each once", "A metadata field is unclear."));
      }
    }
    return metadata;
  }

  /// Adds what a reader learns about an entry besides its bytes.
  static ApiResponse describe(ApiResponse response, EntryView entry) {
    ApiResponse described =
        response
            .with("ETag", EntityTags.of(entry.version()))
            .with("Age", Long.toString(entry.age().toSeconds()))
            .with("Cache-Control", cacheControl(entry))
            .with("Cache-Status", cacheStatus(entry));
    if (!entry.tags().isEmpty()) {
      described = described.with("Cache-Tag", String.join(", ", entry.tags()));
    }
    for (var pair : entry.metadata().entrySet()) {
      if (FIELD_NAME.matcher(pair.getKey()).matches()) {
        described = described.with("Forebay-Meta-" + pair.getKey(), pair.getValue());
      }
    }
    return described;
  }

  private static String cacheControl(EntryView entry) {
    // Rounded to the second the writer gave: age and what is left add up to it, less nanoseconds.
    // What an invalidation made stale is so for every reader: no older than its age.
    long lifetime =
        isSoftInvalidated(entry)
            ? entry.age().toSeconds()
            : Math.round(entry.age().plus(entry.freshLeft()).toMillis() / 1000.0);
    String stale =
        entry.stale().isPositive()
            ? ", stale-while-revalidate=" + Math.round(entry.stale().toMillis() / 1000.0)
            : "";
    return "max-age=" + lifetime + stale;
  }

  /// Our name in `Cache-Status`, as the proxy's.
  static final String CACHE = "forebay";

  /// RFC 9211; `ttl` is negative once the entry is stale, zero if an invalidation made it so, or
  /// may have without this node's knowing.
  private static String cacheStatus(EntryView entry) {
    if (entry.suspect()) {
      Duration left = isSoftInvalidated(entry) ? Duration.ZERO : entry.freshLeft();
      return CacheStatus.hit(CACHE, left).withDetail("suspect").fieldValue();
    }
    return isSoftInvalidated(entry)
        ? CacheStatus.hit(CACHE, Duration.ZERO).withDetail("invalidated-soft").fieldValue()
        : CacheStatus.hit(CACHE, entry.freshLeft()).fieldValue();
  }

  private static boolean isSoftInvalidated(EntryView entry) {
    return !entry.fresh() && entry.freshLeft().isPositive();
  }
}
