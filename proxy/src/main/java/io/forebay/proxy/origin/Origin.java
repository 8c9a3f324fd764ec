package io.forebay.proxy.origin;

import java.net.URI;

/// Where a route's requests go.
///
/// @param host name or address, without brackets
/// @param port 1 to 65535
/// @param tls whether to speak HTTPS
public record Origin(String host, int port, boolean tls) {

  /// From `http://host[:port]` or `https://host[:port]`, without path, query or user.
  ///
  /// @throws IllegalArgumentException saying what is wrong and what was expected
  public static Origin parse(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(expectation(text), e);
    }
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    boolean bare =
        (uri.getRawPath() == null || uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && uri.getRawUserInfo() == null;
    if ((!tls && !"http".equalsIgnoreCase(uri.getScheme()))
        || uri.getHost() == null
        || uri.getPort() == 0
        || uri.getPort() > 65_535
        || !bare) {
      throw new IllegalArgumentException(expectation(text));
    }
    String host = uri.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    return new Origin(host, port, tls);
  }

  private static String expectation(String text) {
    return "expected an origin as http://host[:port] or https://host[:port], without a path; got \""
        + text
        + "\"";
  }

  /// As in a URL.
  @Override
  public String toString() {
    return (tls ? "https://" : "http://")
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + ":"
        + port;
  }
}
