package io.forebay.http;

import java.util.Set;

/// What may stand in a trailer section (RFC 9110 §6.5.1).
public final class TrailerFields {

  /// What a recipient needs before the content, or must not take from behind it: framing, routing,
  /// conditions and ranges, authentication, cookies, caching, and how the content is read.
  private static final Set<String> FORBIDDEN =
      Set.of(
          "accept-ranges",
          "age",
          "authorization",
          "cache-control",
          "cdn-cache-control",
          "content-encoding",
          "content-length",
          "content-location",
          "content-range",
          "content-type",
          "cookie",
          "date",
          "expect",
          "expires",
          "forebay-cache-control",
          "host",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "location",
          "max-forwards",
          "pragma",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "range",
          "retry-after",
          "set-cookie",
          "set-cookie2",
          "surrogate-control",
          "trailer",
          "vary",
          "via",
          "www-authenticate");

  private TrailerFields() {}

  /// The received trailers without those of the connection and those that must not be trailers.
  ///
  /// @param head of the same message: its `Connection` nominates fields of the trailers too
  public static HttpFields forwardable(HttpFields head, HttpFields trailers) {
    if (trailers.isEmpty()) {
      return trailers;
    }
    HttpFields endToEnd =
        ConnectionFields.removed(
            HttpFields.builder()
                .addAll(trailers.without("Connection"))
                .addAll(connection(head))
                .build());
    return endToEnd.without(FORBIDDEN);
  }

  private static HttpFields connection(HttpFields head) {
    return head.without(line -> !line.isNamed("Connection"));
  }
}
