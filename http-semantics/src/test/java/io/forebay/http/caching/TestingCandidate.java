package io.forebay.http.caching;

import io.forebay.http.HttpFields;
import io.forebay.http.ResponseHead;
import io.forebay.http.conditional.ContentRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A stored response made up for a test.
record TestingCandidate(
    ResponseHead response,
    String variantKey,
    Freshness freshness,
    Duration currentAge,
    Optional<Duration> softInvalidatedFor,
    Optional<ContentRange> storedPart)
    implements StoredCandidate {

  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  /// A 200 with these fields, received now in answer to a request without fields.
  static TestingCandidate of(String... fields) {
    return varying(HttpFields.none(), fields);
  }

  /// A 200 with these fields, received now in answer to a request with `selecting` fields.
  static TestingCandidate varying(HttpFields selecting, String... fields) {
    return under(CachePolicy.defaults(), selecting, fields);
  }

  static TestingCandidate under(CachePolicy policy, HttpFields selecting, String... fields) {
    ResponseHead response = new ResponseHead(200, HttpFields.of(fields));
    return new TestingCandidate(
        response,
        VariantKey.of(response.fields(), selecting),
        FreshnessRules.of(response, policy, NOW),
        Duration.ZERO,
        Optional.empty(),
        Optional.empty());
  }

  TestingCandidate aged(long seconds) {
    return new TestingCandidate(
        response,
        variantKey,
        freshness,
        Duration.ofSeconds(seconds),
        softInvalidatedFor,
        storedPart);
  }

  TestingCandidate softlyInvalidated(long secondsAgo) {
    Optional<Duration> since = Optional.of(Duration.ofSeconds(secondsAgo));
    return new TestingCandidate(response, variantKey, freshness, currentAge, since, storedPart);
  }

  TestingCandidate partOf(String contentRange) {
    return new TestingCandidate(
        response,
        variantKey,
        freshness,
        currentAge,
        softInvalidatedFor,
        ContentRange.parse(contentRange));
  }
}
