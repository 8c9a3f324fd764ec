package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;

/// What stored responses are found by: the target URI (RFC 9111 §2), whose host and port are in
/// normal form and whose path and query are byte-exact. GET and HEAD share it.
///
/// Targets that are merely equivalent are not merged here, since an origin may tell them apart; see
/// [TargetUri#normalisedTarget].
///
/// @param uri absolute, e.g. `http://example.com/a?b`
public record CacheKey(String uri) {

  public static CacheKey of(RequestHead request) {
    return of(TargetUri.of(request));
  }

  public static CacheKey of(TargetUri target) {
    return new CacheKey(target.toString());
  }

  public static CacheKey of(String scheme, String authority, String target) {
    return of(TargetUri.of(scheme, authority, target));
  }

  @Override
  public String toString() {
    return uri;
  }
}
