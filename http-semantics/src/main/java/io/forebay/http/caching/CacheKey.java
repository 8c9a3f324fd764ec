package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;

/// What stored responses are found by. GET and HEAD share it. Made by a [KeyRule].
///
/// @param uri the target URI (RFC 9111 §2), absolute, e.g. `http://example.com/a?b`: host and port
///   in normal form, the query as the rule has it. All that is stored for it, whatever the further
///   parts, is invalidated by it
/// @param parts the request's fields and cookies that the rule names, as one text without control
///   characters but `\r`; empty when it names none
public record CacheKey(String uri, String parts) {

  /// Between the URI and the further parts of [#text]; can occur in neither, nor in a field's
  /// value.
  public static final char PARTS = '\r';

  public CacheKey(String uri) {
    this(uri, "");
  }

  /// By the rule that changes nothing.
  public static CacheKey of(RequestHead request) {
    return of(TargetUri.of(request));
  }

  public static CacheKey of(TargetUri target) {
    return new CacheKey(target.toString());
  }

  public static CacheKey of(String scheme, String authority, String target) {
    return of(TargetUri.of(scheme, authority, target));
  }

  /// The whole key as one text.
  public String text() {
    return parts.isEmpty() ? uri : uri + PARTS + parts;
  }

  @Override
  public String toString() {
    return text();
  }
}
