package io.forebay.proxy.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What the connections of clients are encrypted with: certificates, chosen by the name that the
/// client asks for (SNI, RFC 6066 §3), else the first.
///
/// [#replace] changes them for new connections; those that are open keep what they began with.
/// Thread-safe.
public final class ServerTls {

  /// The ALPN names (RFC 7301) of the protocols.
  public static final String HTTP_2 = "h2";

  public static final String HTTP_1_1 = "http/1.1";

  /// BoringSSL where its library is, else the JDK's: a handshake costs a quarter, a hit half (see
  /// docs/decisions/0010-client-protocols.md).
  private static final SslProvider PROVIDER =
      OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

  private static final List<String> TLS_1_3 = List.of("TLSv1.3");
  private static final List<String> SINCE_TLS_1_2 = List.of("TLSv1.3", "TLSv1.2");
  private static final int SESSIONS = 20_000;

  private final List<String> protocols;
  private final List<String> applications;
  private volatile Choice choice;

  /// @param byName for names without a wildcard
  /// @param byWildcard for the part of a name behind its first label
  private record Choice(
      SslContext first, Map<String, SslContext> byName, Map<String, SslContext> byWildcard) {

    SslContext of(@Nullable String name) {
      if (name == null) {
        return first;
      }
      String asked = name.toLowerCase(Locale.ROOT);
      SslContext exact = byName.get(asked);
      if (exact != null) {
        return exact;
      }
      int dot = asked.indexOf('.');
      return dot < 0 ? first : byWildcard.getOrDefault(asked.substring(dot + 1), first);
    }
  }

  /// @param minimum the oldest version that is spoken
  /// @param applications ALPN names in order of preference
  /// @param credentials at least one; the first is for clients that name no host, or one that no
  ///   other is for
  /// @throws SSLException if one cannot be used
  public ServerTls(TlsVersion minimum, List<String> applications, List<Credentials> credentials)
      throws SSLException {
    this.protocols =
        switch (minimum) {
          case TLS_1_2 -> SINCE_TLS_1_2;
          case TLS_1_3 -> TLS_1_3;
        };
    this.applications = List.copyOf(applications);
    this.choice = choice(credentials);
  }

  /// Uses these from now on.
  ///
  /// @throws SSLException if one cannot be used; then nothing has changed
  public void replace(List<Credentials> credentials) throws SSLException {
    choice = choice(credentials);
  }

  private Choice choice(List<Credentials> credentials) throws SSLException {
    if (credentials.isEmpty()) {
      throw new SSLException("there is no certificate");
    }
    SslContext first = context(credentials.getFirst());
    Map<String, SslContext> byName = new HashMap<>();
    Map<String, SslContext> byWildcard = new HashMap<>();
    for (int i = 0; i < credentials.size(); i++) {
      Credentials one = credentials.get(i);
      SslContext context = i == 0 ? first : context(one);
      for (String name : one.hostNames()) {
        if (name.startsWith("*.")) {
          byWildcard.putIfAbsent(name.substring(2), context);
        } else {
          byName.putIfAbsent(name, context);
        }
      }
    }
    return new Choice(first, Map.copyOf(byName), Map.copyOf(byWildcard));
  }

  private SslContext context(Credentials credentials) throws SSLException {
    return SslContextBuilder.forServer(credentials.key(), credentials.chain())
        .sslProvider(PROVIDER)
        .protocols(protocols)
        // Those that HTTP/2 allows (RFC 9113 §9.2.2) are those that still count as safe.
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .sessionCacheSize(SESSIONS)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                applications))
        .build();
  }

  /// What a client gets that asks for this host; null if it names none.
  public SslContext contextFor(@Nullable String serverName) {
    return choice.of(serverName);
  }
}
