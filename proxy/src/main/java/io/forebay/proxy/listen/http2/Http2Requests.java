package io.forebay.proxy.listen.http2;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The header section of an HTTP/2 request in our terms (RFC 9113 §8.3.1). Whatever could be read
/// differently by an HTTP/1.1 origin is malformed (§10.3); the codec has refused some of it
/// already.
final class Http2Requests {

  private Http2Requests() {}

  sealed interface Reading {

    /// @param scheme as stated
    /// @param authority as stated by `:authority`, else `Host`
    /// @param fields without `Host` when `:authority` says it, and with one `Cookie`
    record Good(String method, String scheme, String authority, String target, HttpFields fields)
        implements Reading {}

    /// Malformed (§8.1.1).
    record Malformed(String why) implements Reading {}

    /// More fields than allowed.
    record TooMany() implements Reading {}
  }

  static Reading read(Http2Headers headers, int maxFields) {
    if (headers.size() > maxFields + PseudoHeaderName.values().length) {
      return new Reading.TooMany();
    }
    HttpFields.Builder fields = HttpFields.builder();
    StringBuilder cookies = null;
    String host = null;
    for (Map.Entry<CharSequence, CharSequence> line : headers) {
      String name = line.getKey().toString();
      String value = line.getValue().toString();
      if (!isPlain(value)) {
        return new Reading.Malformed(
            "a field value has surrounding whitespace or control characters");
      }
      if (name.startsWith(":")) {
        continue;
      }
      switch (name) {
        case "cookie" -> {
          // Sent in pieces, to be compressed better (§8.2.3).
          if (cookies == null) {
            cookies = new StringBuilder(value);
          } else {
            cookies.append("; ").append(value);
          }
        }
        case "host" -> {
          if (host != null) {
            return new Reading.Malformed("there are two host fields");
          }
          host = value;
        }
        default -> fields.add(name, value);
      }
    }
    if (cookies != null) {
      fields.add("cookie", cookies.toString());
    }
    return withTarget(headers, host, fields.build(), maxFields);
  }

  private static Reading withTarget(
      Http2Headers headers, @Nullable String host, HttpFields fields, int maxFields) {
    if (fields.size() > maxFields) {
      return new Reading.TooMany();
    }
    if (isRepeated(headers)) {
      return new Reading.Malformed("a pseudo-header field comes twice");
    }
    String method = text(headers.method());
    String scheme = text(headers.scheme());
    String target = text(headers.path());
    String authority = text(headers.authority());
    if (!FieldSyntax.isToken(method)) {
      return new Reading.Malformed("the method is no token");
    }
    if (headers.contains(PseudoHeaderName.PROTOCOL.value())) {
      return new Reading.Malformed("extended CONNECT was not offered");
    }
    if (method.equals("CONNECT")) {
      // Has neither scheme nor path (§8.5).
      return scheme.isEmpty() && target.isEmpty() && !authority.isEmpty()
          ? new Reading.Good(method, "http", authority, authority, fields)
          : new Reading.Malformed("a CONNECT has only an authority");
    }
    if (scheme.isEmpty() || target.isEmpty()) {
      return new Reading.Malformed("the scheme or the path is missing");
    }
    if (host != null && !authority.isEmpty() && !host.equalsIgnoreCase(authority)) {
      return new Reading.Malformed("Host differs from :authority");
    }
    String named = authority.isEmpty() && host != null ? host : authority;
    if (named.isEmpty()) {
      return new Reading.Malformed("the request names no host");
    }
    return new Reading.Good(method, FieldSyntax.lowerCase(scheme), named, target, fields);
  }

  /// The trailer section, which has no pseudo-header fields, as the codec has checked.
  static HttpFields trailers(Http2Headers headers) {
    HttpFields.Builder fields = HttpFields.builder();
    for (Map.Entry<CharSequence, CharSequence> line : headers) {
      String value = line.getValue().toString();
      if (isPlain(value)) {
        fields.add(line.getKey().toString(), value);
      }
    }
    return fields.build();
  }

  private static boolean isRepeated(Http2Headers headers) {
    for (PseudoHeaderName name : PseudoHeaderName.values()) {
      var values = headers.valueIterator(name.value());
      if (values.hasNext()) {
        values.next();
        if (values.hasNext()) {
          return true;
        }
      }
    }
    return false;
  }

  private static String text(@Nullable CharSequence value) {
    return value == null ? "" : value.toString();
  }

  /// No surrounding whitespace, nothing that ends a line (§8.2.1).
  private static boolean isPlain(String value) {
    if (value.isEmpty()) {
      return true;
    }
    if (FieldSyntax.isWhitespace(value.charAt(0))
        || FieldSyntax.isWhitespace(value.charAt(value.length() - 1))) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return true;
  }
}
