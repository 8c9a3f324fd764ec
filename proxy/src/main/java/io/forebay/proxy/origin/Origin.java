package io.forebay.proxy.origin;

import io.netty.util.NetUtil;
import java.net.URI;

/// One server to which requests go.
///
/// @param host name or address, without brackets; the name that its certificate must have
/// @param port 1 to 65535
/// @param tls whether to speak HTTPS
/// @param address where to connect to: an address that the host was found to have, or the host
///   itself
public record Origin(String host, int port, boolean tls, String address) {

  public Origin(String host, int port, boolean tls) {
    this(host, port, tls, host);
  }

  /// The same at an address that its name was found to have.
  Origin at(String found) {
    return new Origin(host, port, tls, found);
  }

  /// As in a `Host` field: with the port, if it is not the scheme's own.
  String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? name : name + ":" + port;
  }

  /// Whether the host is a name, and not an address.
  boolean isNamed() {
    return !isAddress(host);
  }

  /// Whether it is known where to connect to, without a look-up.
  boolean hasAddress() {
    return isAddress(address);
  }

  private static boolean isAddress(String text) {
    return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
  }

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

  /// As in a URL; with the address, if the host is a name that was looked up.
  @Override
  public String toString() {
    return (tls ? "https://" : "http://")
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + ":"
        + port
        + (address.equals(host) ? "" : " at " + address);
  }
}
