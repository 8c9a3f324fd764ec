package io.forebay.http.caching;

/// What a 200 response to HEAD says of a stored response to GET (RFC 9111 §4.3.5).
public enum HeadFinding {
  /// A validator is the same in both, and nothing differs: the stored response is updated.
  CONFIRMS,
  /// The stored response is out of date.
  CONTRADICTS,
  /// It is about another content coding, or names no validator: nothing follows from it.
  SAYS_NOTHING
}
