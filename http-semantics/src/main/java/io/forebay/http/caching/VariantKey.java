package io.forebay.http.caching;

import io.forebay.http.HttpFields;

/// Tells apart the responses stored for one URI (RFC 9111 §4.1).
public final class VariantKey {

  private VariantKey() {}

  /// Whether no request ever matches: a member of `Vary` is `*`.
  public static boolean matchesNothing(HttpFields responseFields) {
    return io.forebay.http.Sketch.notYet("VariantKey");
  }

  /// Two requests have the same key exactly when the response's `Vary` lets one's response answer
  /// the other. At most 200 characters; empty when the response does not vary.
  public static String of(HttpFields responseFields, HttpFields requestFields) {
    return io.forebay.http.Sketch.notYet("VariantKey");
  }
}
