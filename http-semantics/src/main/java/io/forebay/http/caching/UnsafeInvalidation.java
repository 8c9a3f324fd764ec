package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;

/// What a successful unsafe request makes out of date (RFC 9111 §4.4).
public final class UnsafeInvalidation {

  private UnsafeInvalidation() {}

  /// The keys to invalidate: the target's, and those of `Location` and `Content-Location` when they
  /// are of the same origin; empty for a safe method or an error response.
  public static List<CacheKey> keysOf(RequestHead request, ResponseHead response) {
    return io.forebay.http.Sketch.notYet("UnsafeInvalidation");
  }
}
