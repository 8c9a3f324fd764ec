package io.forebay.http.caching;

import io.forebay.http.ResponseHead;
import io.forebay.http.conditional.ContentRange;
import java.time.Duration;
import java.util.Optional;

/// What the rules need to know of a stored response that shares the request's cache key.
public interface StoredCandidate {

  ResponseHead response();

  /// [VariantKey] of [#response]'s `Vary` and the request that fetched it.
  String variantKey();

  Freshness freshness();

  /// Its age at the moment of the decision ([Age#current]).
  Duration currentAge();

  /// How long ago it was invalidated softly; empty when it was not.
  Optional<Duration> softInvalidatedFor();

  /// Which part is stored, when it is not the whole (RFC 9111 §3.3).
  default Optional<ContentRange> storedPart() {
    return Optional.empty();
  }
}
