package io.forebay.http.conditional;

import io.forebay.http.EntityTag;
import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Evaluates a client's conditions against the response chosen for it (RFC 9110 §13.2.2, RFC 9111
/// §4.3.2).
public final class Preconditions {

  /// Describes the content that a 304 does not have (RFC 9110 §15.4.5).
  private static final Set<String> NOT_IN_304 =
      Set.of(
          "accept-ranges",
          "content-digest",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-length",
          "content-md5",
          "content-range",
          "content-type",
          "digest",
          "repr-digest",
          "trailer",
          "transfer-encoding");

  /// What follows from the conditions.
  public enum Outcome {
    /// Answer with the response; the range, if any, applies.
    PROCEED,
    /// Answer with the whole response: `If-Range` did not hold (§13.1.5).
    PROCEED_WITHOUT_RANGE,
    /// Answer 304 with [#notModified].
    NOT_MODIFIED,
    /// Answer 412.
    PRECONDITION_FAILED
  }

  private Preconditions() {}

  /// Evaluates in the order of §13.2.2. Conditions apply only to a response that would be 2xx
  /// (§13.2.1); for others this is PROCEED.
  public static Outcome evaluate(RequestHead request, ResponseHead response) {
    if (response.status() / 100 != 2) {
      return Outcome.PROCEED;
    }
    HttpFields conditions = request.fields();
    boolean isRead = request.isGet() || request.isHead();
    boolean mayChange =
        conditions.contains("If-Match")
            ? ifMatch(conditions, response)
            : ifUnmodifiedSince(conditions, response);
    if (!mayChange) {
      return Outcome.PRECONDITION_FAILED;
    }
    if (conditions.contains("If-None-Match")) {
      if (!ifNoneMatch(conditions, response)) {
        return isRead ? Outcome.NOT_MODIFIED : Outcome.PRECONDITION_FAILED;
      }
    } else if (isRead && !ifModifiedSince(conditions, response)) {
      return Outcome.NOT_MODIFIED;
    }
    boolean isRangeRequest = request.isGet() && conditions.contains("Range");
    return isRangeRequest && !ifRange(conditions, response)
        ? Outcome.PROCEED_WITHOUT_RANGE
        : Outcome.PROCEED;
  }

  /// §13.1.1: strong comparison.
  private static boolean ifMatch(HttpFields conditions, ResponseHead response) {
    String listed = conditions.combined("If-Match").orElse("");
    return isAny(listed)
        || entityTag(response)
            .filter(tag -> EntityTag.parseList(listed).stream().anyMatch(tag::matchesStrongly))
            .isPresent();
  }

  /// §13.1.2: weak comparison. False when a listed tag matches.
  private static boolean ifNoneMatch(HttpFields conditions, ResponseHead response) {
    String listed = conditions.combined("If-None-Match").orElse("");
    return !isAny(listed)
        && entityTag(response)
            .filter(tag -> EntityTag.parseList(listed).stream().anyMatch(tag::matchesWeakly))
            .isEmpty();
  }

  private static boolean isAny(String listed) {
    return FieldSyntax.trimmed(listed).equals("*");
  }

  /// §13.1.3; without a `Last-Modified`, `Date` stands in (RFC 9111 §4.3.2). A date that cannot be
  /// read, or several, are no condition.
  private static boolean ifModifiedSince(HttpFields conditions, ResponseHead response) {
    Optional<Instant> since = onlyDate(conditions, "If-Modified-Since");
    Optional<Instant> modified = lastModified(response).or(response::date);
    return since.isEmpty() || modified.isEmpty() || modified.get().isAfter(since.get());
  }

  /// §13.1.4; no condition when the modification date is not known.
  private static boolean ifUnmodifiedSince(HttpFields conditions, ResponseHead response) {
    Optional<Instant> since = onlyDate(conditions, "If-Unmodified-Since");
    Optional<Instant> modified = lastModified(response);
    return since.isEmpty() || modified.isEmpty() || !modified.get().isAfter(since.get());
  }

  /// §13.1.5: strong comparison, of dates too (§8.8.2.2).
  private static boolean ifRange(HttpFields conditions, ResponseHead response) {
    Optional<String> validator = conditions.first("If-Range");
    if (validator.isEmpty()) {
      return true;
    }
    Optional<EntityTag> tag = EntityTag.parse(validator.get());
    if (tag.isPresent()) {
      return entityTag(response).filter(tag.get()::matchesStrongly).isPresent();
    }
    Optional<Instant> date = HttpDate.parse(validator.get());
    return date.isPresent() && date.equals(lastModified(response)) && isStrongDate(response);
  }

  /// Whether `Last-Modified` is a strong validator: it was in the past when the response was made,
  /// so that a second change in the same second would have been seen (§8.8.2.2).
  private static boolean isStrongDate(ResponseHead response) {
    Optional<Instant> modified = lastModified(response);
    Optional<Instant> date = response.date();
    return modified.isPresent()
        && date.isPresent()
        && Duration.between(modified.get(), date.get()).compareTo(Duration.ofSeconds(1)) >= 0;
  }

  private static Optional<Instant> onlyDate(HttpFields fields, String name) {
    return fields.combined(name).flatMap(HttpDate::parse);
  }

  private static Optional<EntityTag> entityTag(ResponseHead response) {
    return response.fields().first("ETag").flatMap(EntityTag::parse);
  }

  private static Optional<Instant> lastModified(ResponseHead response) {
    return response.fields().first("Last-Modified").flatMap(HttpDate::parse);
  }

  /// The 304 that stands for `response` (RFC 9110 §15.4.5): without what describes the content;
  /// `Last-Modified` stays only where there is no entity tag.
  public static ResponseHead notModified(ResponseHead response) {
    HttpFields fields = response.fields().without(NOT_IN_304);
    return new ResponseHead(
        304, fields.contains("ETag") ? fields.without("Last-Modified") : fields);
  }
}
