package io.forebay.http.caching;

import io.forebay.http.EntityTag;
import io.forebay.http.FieldLine;
import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpDate;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// Validates stored responses with the origin (RFC 9111 §4.3).
public final class Validation {

  private static final List<String> CONDITIONS =
      List.of(
          "If-Match",
          "If-None-Match",
          "If-Modified-Since",
          "If-Unmodified-Since",
          "If-Range",
          "Range");

  /// No more entity tags go into one request: an origin refuses long fields.
  private static final int MAX_ENTITY_TAGS = 16;

  /// Not updated by a 304 (§3.2): the stored bytes depend on them, or they were never stored.
  private static final Set<String> NOT_UPDATED =
      Set.of("content-encoding", "content-length", "content-range");

  private Validation() {}

  /// Whether the origin can be asked if this response is still good (RFC 9110 §8.8).
  public static boolean hasValidator(ResponseHead response) {
    return entityTag(response).isPresent() || lastModified(response).isPresent();
  }

  private static Optional<EntityTag> entityTag(ResponseHead response) {
    return response.fields().first("ETag").flatMap(EntityTag::parse);
  }

  private static Optional<Instant> lastModified(ResponseHead response) {
    return response.fields().first("Last-Modified").flatMap(HttpDate::parse);
  }

  /// The client's request as sent for the shared store: its own conditions and range are dropped,
  /// those of the candidates put in (§4.3.1). Unconditional when none has a validator.
  ///
  /// @param candidates first the one selected for the request, if any; then others of the same key,
  ///   whose entity tags are sent along. `Last-Modified` is sent of the first alone, and only if
  ///   the request selects it: a date cannot say which of several variants is meant
  public static RequestHead conditionalRequest(
      RequestHead request, List<? extends StoredCandidate> candidates) {
    RequestHead plain = withoutConditions(request);
    HttpFields fields = plain.fields();
    Set<EntityTag> tags = new LinkedHashSet<>();
    candidates.stream()
        .flatMap(candidate -> entityTag(candidate.response()).stream())
        .limit(MAX_ENTITY_TAGS)
        .forEach(tags::add);
    if (!tags.isEmpty()) {
      fields =
          fields.with(
              "If-None-Match",
              tags.stream().map(EntityTag::fieldValue).collect(Collectors.joining(", ")));
    }
    if (!candidates.isEmpty()
        && Selection.matches(request, candidates.getFirst())
        && lastModified(candidates.getFirst().response()).isPresent()) {
      String modified =
          candidates.getFirst().response().fields().first("Last-Modified").orElseThrow();
      fields = fields.with("If-Modified-Since", modified);
    }
    return plain.withFields(fields);
  }

  /// The request without the client's conditions and range, so that the answer can be stored.
  public static RequestHead withoutConditions(RequestHead request) {
    return request.withFields(request.fields().without(CONDITIONS));
  }

  /// The candidates that a 304 confirms (§4.3.4), in the order given; empty when it confirms none,
  /// and the request has to be repeated without conditions.
  ///
  /// @param candidates those that went into [#conditionalRequest]
  public static <C extends StoredCandidate> List<C> confirmedBy(
      ResponseHead notModified, List<C> candidates) {
    Optional<EntityTag> tag = entityTag(notModified);
    if (tag.isPresent() && !tag.get().weak()) {
      return candidates.stream()
          .filter(c -> entityTag(c.response()).filter(tag.get()::matchesStrongly).isPresent())
          .toList();
    }
    if (tag.isPresent()) {
      return mostRecent(
          candidates.stream()
              .filter(c -> entityTag(c.response()).filter(tag.get()::matchesWeakly).isPresent())
              .toList());
    }
    Optional<Instant> modified = lastModified(notModified);
    if (modified.isPresent()) {
      return mostRecent(
          candidates.stream().filter(c -> lastModified(c.response()).equals(modified)).toList());
    }
    // It names no validator. We asked about one response alone, so it can mean no other; the RFC
    // grants this only where that one has no validator either, since it thinks of conditions that a
    // client made up.
    return candidates.size() == 1 ? candidates : List.of();
  }

  private static <C extends StoredCandidate> List<C> mostRecent(List<C> candidates) {
    return candidates.stream()
        .max(Comparator.comparing(c -> c.response().date().orElse(Instant.EPOCH)))
        .map(List::of)
        .orElse(List.of());
  }

  /// The stored head updated by a 304 (§3.2): each of its fields replaces the stored ones of that
  /// name. Age, freshness and variant key are to be computed anew ([StoreRules#decideFreshened]).
  public static ResponseHead freshened(ResponseHead stored, ResponseHead notModified) {
    HttpFields news = StoredFields.of(notModified.fields(), NOT_UPDATED);
    Set<String> updated =
        news.stream().map(line -> FieldSyntax.lowerCase(line.name())).collect(Collectors.toSet());
    HttpFields.Builder fields = HttpFields.builder();
    Set<String> written = new LinkedHashSet<>();
    for (FieldLine line : stored.fields()) {
      String name = FieldSyntax.lowerCase(line.name());
      if (!updated.contains(name)) {
        fields.add(line);
      } else if (written.add(name)) {
        news.stream().filter(update -> update.isNamed(name)).forEach(fields::add);
      }
    }
    for (FieldLine line : news) {
      if (!written.contains(FieldSyntax.lowerCase(line.name()))) {
        fields.add(line);
      }
    }
    return stored.withFields(fields.build());
  }

  /// What a 200 response to HEAD says of a stored response to GET (§4.3.5).
  ///
  /// The RFC has it update whatever it does not contradict, also without any validator. Here it
  /// does not: the body may be another, and anybody could keep an old one fresh by asking HEAD. Nor
  /// does an answer in another content coding contradict, since its validators and length are
  /// another representation's: there are origins that code GET only.
  ///
  /// @param completeLength of the stored body, as it was received and however it was framed; of a
  ///   part, what the whole has; empty when that is not known
  public static HeadFinding byHead(
      ResponseHead stored, OptionalLong completeLength, ResponseHead head) {
    if (stored.status() / 100 != 2) {
      return HeadFinding.CONTRADICTS;
    }
    if (!codings(stored).equals(codings(head))) {
      return HeadFinding.SAYS_NOTHING;
    }
    if (tellsAnother("ETag", stored, head)
        || tellsAnother("Last-Modified", stored, head)
        || tellsAnotherLength(completeLength, head)) {
      return HeadFinding.CONTRADICTS;
    }
    return hasValidator(head) ? HeadFinding.CONFIRMS : HeadFinding.SAYS_NOTHING;
  }

  private static List<String> codings(ResponseHead response) {
    return response.fields().all("Content-Encoding").stream().map(FieldSyntax::lowerCase).toList();
  }

  private static boolean tellsAnother(String name, ResponseHead stored, ResponseHead head) {
    Optional<String> told = head.fields().first(name);
    return told.isPresent() && !told.equals(stored.fields().first(name));
  }

  private static boolean tellsAnotherLength(OptionalLong known, ResponseHead head) {
    return known.isPresent()
        && !head.fields().all("Content-Length").stream()
            .allMatch(Long.toString(known.getAsLong())::equals);
  }
}
