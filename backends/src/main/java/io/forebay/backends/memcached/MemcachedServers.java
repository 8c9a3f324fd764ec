package io.forebay.backends.memcached;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which Memcached servers there are, and as whom they are spoken to:
/// `memcached://[user:password@]host[:port][,host[:port]…]`. Each key lies on one of them; in which
/// order they are named does not matter.
public final class MemcachedServers {

  private static final int DEFAULT_PORT = 11_211;
  private static final int MOST = 64;

  private static final Pattern URL =
      Pattern.compile("memcached://(?:(?<user>[^:@/\\s]+):(?<password>[^@/\\s]*)@)?(?<hosts>\\S+)");
  private static final Pattern HOST =
      Pattern.compile("(?<host>[\\w.-]+|\\[[0-9a-fA-F:.]+])(?::(?<port>\\d{1,5}))?");

  /// One server.
  ///
  /// @param host as it is written, without brackets
  record Address(String host, int port) {
    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /// How a server is told who we are (`memcached -Y`).
  record Login(String user, String password) {
    /// Without the password: this may end up in a log.
    @Override
    public String toString() {
      return user;
    }
  }

  private final List<Address> addresses;
  private final Optional<Login> login;

  private MemcachedServers(List<Address> addresses, Optional<Login> login) {
    this.addresses = addresses;
    this.login = login;
  }

  /// Reads such a URL; empty if it is none.
  public static Optional<MemcachedServers> parse(String url) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      return Optional.empty();
    }
    List<Address> addresses = new ArrayList<>();
    for (String host : parts.group("hosts").split(",", -1)) {
      Optional<Address> address = address(host);
      if (address.isEmpty() || addresses.contains(address.get())) {
        return Optional.empty();
      }
      addresses.add(address.get());
    }
    if (addresses.size() > MOST) {
      return Optional.empty();
    }
    try {
      Optional<Login> login =
          Optional.ofNullable(parts.group("user"))
              .map(user -> new Login(decoded(user), decoded(parts.group("password"))));
      return Optional.of(new MemcachedServers(List.copyOf(addresses), login));
    } catch (IllegalArgumentException badEscape) {
      return Optional.empty();
    }
  }

  private static Optional<Address> address(String text) {
    Matcher parts = HOST.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int port = parts.group("port") == null ? DEFAULT_PORT : Integer.parseInt(parts.group("port"));
    if (port < 1 || port > 65_535) {
      return Optional.empty();
    }
    String host = parts.group("host");
    return Optional.of(
        new Address(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port));
  }

  private static String decoded(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  List<Address> addresses() {
    return addresses;
  }

  Optional<Login> login() {
    return login;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MemcachedServers that
        && addresses.equals(that.addresses)
        && login.equals(that.login);
  }

  @Override
  public int hashCode() {
    return addresses.hashCode();
  }

  /// Without user and password.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("memcached://").append(login.isEmpty() ? "" : "***@");
    for (int i = 0; i < addresses.size(); i++) {
      text.append(i == 0 ? "" : ",").append(addresses.get(i));
    }
    return text.toString();
  }
}
