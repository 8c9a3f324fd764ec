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

  /// The URLs to invalidate: the target, and `Location` and `Content-Location` when they are of the
  /// same origin; empty for a safe method or an error response.
  public static List<TargetUri> urisOf(RequestHead request, ResponseHead response) {
    if (request.isSafe() || !response.isNonError()) {
      return List.of();
    }
    TargetUri target = TargetUri.of(request);
    Set<TargetUri> uris = new LinkedHashSet<>();
    uris.add(target);
    for (String name : List.of("Location", "Content-Location")) {
      response
          .fields()
          .first(name)
          .flatMap(target::resolve)
          .filter(target::isSameOrigin)
          .ifPresent(uris::add);
    }
    return List.copyOf(uris);
  }

  /// The URLs to invalidate when nobody knows what an unsafe request did, because the origin may
  /// have got it and its answer did not come: the target's. RFC 9111 §4.4 asks for it only after a
  /// non-error response; a page too many fetched again costs less than an outdated one served.
  public static List<TargetUri> urisInDoubt(RequestHead request) {
    return request.isSafe() ? List.of() : List.of(TargetUri.of(request));
  }
}
