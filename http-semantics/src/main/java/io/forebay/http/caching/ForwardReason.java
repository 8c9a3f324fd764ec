package io.forebay.http.caching;

/// Why a request went towards the origin: the values of `fwd` (RFC 9211 §2.2).
public enum ForwardReason {
  /// The cache was configured not to handle this request.
  BYPASS("bypass"),
  /// The method's semantics require it.
  METHOD("method"),
  /// Nothing is stored for the URI.
  URI_MISS("uri-miss"),
  /// Something is stored for the URI, but for other values of the `Vary` fields.
  VARY_MISS("vary-miss"),
  /// Nothing stored could be used, for a reason not told apart.
  MISS("miss"),
  /// A fresh response was stored, but the request does not allow its use.
  REQUEST("request"),
  /// What is stored is stale.
  STALE("stale"),
  /// Only a part of what was asked for is stored.
  PARTIAL("partial");

  private final String token;

  ForwardReason(String token) {
    this.token = token;
  }

  /// As in the `Cache-Status` field.
  public String token() {
    return token;
  }
}
