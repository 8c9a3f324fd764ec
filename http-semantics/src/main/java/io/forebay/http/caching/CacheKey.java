package io.forebay.http.caching;

import io.forebay.http.RequestHead;

/// What stored responses are found by: the normalised target URI (RFC 9111 §2). GET and HEAD share
/// it.
///
/// @param uri absolute, e.g. `http://example.com/a?b`
public record CacheKey(String uri) {

  public static CacheKey of(RequestHead request) {
    return of(request.scheme(), request.authority(), request.target());
  }

  public static CacheKey of(String scheme, String authority, String target) {
    return io.forebay.http.Sketch.notYet("CacheKey");
  }

  @Override
  public String toString() {
    return uri;
  }
}
