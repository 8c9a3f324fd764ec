package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.TargetUri;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a successful unsafe request makes out of date (RFC 9111 §4.4).
public final class UnsafeInvalidation {

  private UnsafeInvalidation() {}

  /// The keys to invalidate: the target's, and those of `Location` and `Content-Location` when they
  /// are of the same origin; empty for a safe method or an error response.
  public static List<CacheKey> keysOf(RequestHead request, ResponseHead response) {
    if (request.isSafe() || !response.isNonError()) {
      return List.of();
    }
    TargetUri target = TargetUri.of(request);
    Set<CacheKey> keys = new LinkedHashSet<>();
    keys.add(CacheKey.of(target));
    for (String name : List.of("Location", "Content-Location")) {
      response
          .fields()
          .first(name)
          .flatMap(target::resolve)
          .filter(target::isSameOrigin)
          .map(CacheKey::of)
          .ifPresent(keys::add);
    }
    return List.copyOf(keys);
  }

  /// The keys to invalidate when nobody knows what an unsafe request did, because the origin may
  /// have got it and its answer did not come: the target's. RFC 9111 §4.4 asks for it only after a
  /// non-error response; a page too many fetched again costs less than an outdated one served.
  public static List<CacheKey> keysInDoubt(RequestHead request) {
    return request.isSafe() ? List.of() : List.of(CacheKey.of(request));
  }
}
