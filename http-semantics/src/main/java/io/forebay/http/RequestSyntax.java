package io.forebay.http;

import java.util.Optional;

/// What a request must look like before anything is decided about it. The cache key is made of
/// exactly what the origin gets, so whatever could be read in two ways is refused.
public final class RequestSyntax {

  private RequestSyntax() {}

  /// What is wrong with the request, for a 400; empty if nothing is.
  ///
  /// @param protocol `1.0`, `1.1`, `2`, …
  public static Optional<String> fault(RequestHead request, String protocol) {
    int hosts = hosts(request.fields());
    if (hosts > 1 || (hosts == 0 && protocol.equals("1.1"))) {
      return Optional.of("a request has exactly one Host field (RFC 9112 §3.2)");
    }
    boolean mayBeUnnamed = protocol.equals("1.0") && request.authority().isEmpty();
    if (!mayBeUnnamed && !isAuthority(request.authority())) {
      return Optional.of("the host is not of the form host or host:port (RFC 9110 §7.2)");
    }
    if (!request.scheme().equals("http") && !request.scheme().equals("https")) {
      return Optional.of("the scheme of the target is neither http nor https");
    }
    if (!isTarget(request.target()) && !request.method().equals("CONNECT")) {
      return Optional.of(
          "the target has a character that a request target cannot have (RFC 9112 §3.2)");
    }
    for (FieldLine line : request.fields()) {
      if (line.name().isEmpty()) {
        return Optional.of("a field has no name (RFC 9110 §5.1)");
      }
    }
    return Optional.empty();
  }

  private static int hosts(HttpFields fields) {
    int hosts = 0;
    for (FieldLine line : fields) {
      if (line.isNamed("Host")) {
        hosts++;
      }
    }
    return hosts;
  }

  /// RFC 3986 §3.2.2 without user information, which RFC 9110 §4.2.4 does not allow here: a name,
  /// an IPv4 address, or an IPv6 address in brackets, and perhaps a port of up to five digits.
  private static boolean isAuthority(String text) {
    int at = 0;
    if (text.startsWith("[")) {
      at = 1;
      while (at < text.length() && isOfAddress(text.charAt(at))) {
        at++;
      }
      if (at == 1 || at == text.length() || text.charAt(at) != ']') {
        return false;
      }
      at++;
    } else {
      while (at < text.length() && isOfName(text.charAt(at))) {
        at++;
      }
      if (at == 0) {
        return false;
      }
    }
    return at == text.length() || isPort(text, at);
  }

  private static boolean isOfAddress(char c) {
    return FieldSyntax.isDigit(c)
        || (c >= 'a' && c <= 'f')
        || (c >= 'A' && c <= 'F')
        || c == ':'
        || c == '.';
  }

  /// Unreserved characters, sub-delimiters, and the percent sign of encoded ones.
  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || FieldSyntax.isDigit(c)
        || "._~!$&'()*+,;=%-".indexOf(c) >= 0;
  }

  private static boolean isPort(String text, int colon) {
    if (text.charAt(colon) != ':' || text.length() - colon > 6) {
      return false;
    }
    for (int i = colon + 1; i < text.length(); i++) {
      if (!FieldSyntax.isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isTarget(String target) {
    if (!target.startsWith("/") && !target.equals("*")) {
      return false;
    }
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return false;
      }
    }
    return true;
  }
}
