package io.forebay.http;

import java.util.Optional;
import java.util.regex.Pattern;

/// What a request must look like before anything is decided about it. The cache key is made of
/// exactly what the origin gets, so whatever could be read in two ways is refused.
public final class RequestSyntax {

  // RFC 3986 §3.2.2 without user information, which RFC 9110 §4.2.4 does not allow here.
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(:[0-9]{0,5})?");

  private RequestSyntax() {}

  /// What is wrong with the request, for a 400; empty if nothing is.
  ///
  /// @param protocol `1.0`, `1.1`, `2`, …
  public static Optional<String> fault(RequestHead request, String protocol) {
    int hosts = request.fields().all("Host").size();
    if (hosts > 1 || (hosts == 0 && protocol.equals("1.1"))) {
      return Optional.of("a request has exactly one Host field (RFC 9112 §3.2)");
    }
    boolean mayBeUnnamed = protocol.equals("1.0") && request.authority().isEmpty();
    if (!mayBeUnnamed && !AUTHORITY.matcher(request.authority()).matches()) {
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
