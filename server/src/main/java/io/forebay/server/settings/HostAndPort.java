package io.forebay.server.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// An address to listen on: `127.0.0.1:9400`, `[::1]:9400`, `localhost:9400`, `0.0.0.0:9400`.
///
/// @param host a name or an IP address, IPv6 without its brackets
/// @param port 0 to 65535; 0 lets the operating system choose
public record HostAndPort(String host, int port) {

  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})):(\\d{1,5})");
  private static final Pattern LOOPBACK_IPV4 =
      Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

  public static Optional<HostAndPort> parse(String text) {
    var matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(matcher.group(2));
    if (port > 65_535) {
      return Optional.empty();
    }
    String host = matcher.group(1);
    boolean bracketed = host.startsWith("[");
    return Optional.of(
        new HostAndPort(bracketed ? host.substring(1, host.length() - 1) : host, port));
  }

  /// A port of this machine alone.
  static HostAndPort local(int port) {
    return new HostAndPort("127.0.0.1", port);
  }

  /// Whether only programs of this machine can reach it. Decided by the text alone, without a
  /// look-up: a name other than `localhost` counts as reachable from elsewhere.
  public boolean isLoopback() {
    return host.toLowerCase(Locale.ROOT).equals("localhost")
        || host.equals("::1")
        || LOOPBACK_IPV4.matcher(host).matches();
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
