package io.forebay.http.caching;

/// Why a request went towards the origin: the values of `fwd` (RFC 9211 §2.2).
public enum ForwardReason {
  /// The cache was configured not to handle this request.
  BYPASS("bypass", "the cache does not handle such requests"),
  /// The method's semantics require it.
  METHOD("method", "its method, or its content, asks for it"),
  /// Nothing is stored for the URI.
  URI_MISS("uri-miss", "nothing is stored for the URL"),
  /// Something is stored for the URI, but for other values of the `Vary` fields.
  VARY_MISS(
      "vary-miss",
      "something is stored for the URL, but for other values of the fields that it varies on"),
  /// Nothing stored could be used, for a reason not told apart.
  MISS("miss", "nothing stored can be used"),
  /// A fresh response was stored, but the request does not allow its use.
  REQUEST("request", "what is stored is fresh, but the request wants something newer"),
  /// What is stored is stale.
  STALE("stale", "what is stored is stale"),
  /// Only a part of what was asked for is stored.
  PARTIAL("partial", "only a part of what was asked for is stored");

  private final String token;
  private final String sentence;

  ForwardReason(String token, String sentence) {
    this.token = token;
    this.sentence = sentence;
  }

  /// As in the `Cache-Status` field.
  public String token() {
    return token;
  }

  /// For people.
  public String sentence() {
    return sentence;
  }
}
