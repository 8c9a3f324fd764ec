package io.forebay.proxy.listen;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// What is known of the connection that a request came on.
///
/// @param hop IP address of its other end, or the one that the PROXY protocol names
/// @param isTrusted whether `hop` is in `proxy.trusted_networks`
/// @param isTls whether it is encrypted
public record ClientConnection(String hop, boolean isTrusted, boolean isTls) {

  private static final AttributeKey<ClientConnection> KEY =
      AttributeKey.valueOf(ClientConnection.class, "of");

  void attachTo(Channel channel) {
    channel.attr(KEY).set(this);
  }

  /// The scheme of what comes on it.
  public String scheme() {
    return isTls ? "https" : "http";
  }

  /// @throws IllegalStateException if none was attached: connections are prepared before they carry
  ///   anything
  public static ClientConnection of(Channel channel) {
    ClientConnection connection = channel.attr(KEY).get();
    if (connection == null) {
      throw new IllegalStateException("a connection that was not prepared");
    }
    return connection;
  }

  /// The address as text, without an IPv6 zone; empty for what is no IP address.
  static String ipOf(java.net.SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
      return "";
    }
    return ipOf(inet.getAddress());
  }

  private static String ipOf(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
