package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.network;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.parsed;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.proxy.listen.Network;
import io.forebay.proxy.listen.TrustedFields;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The connections of the proxy's clients: bounds, protocols, whom to believe.
final class ConnectionDeclarations {

  private ConnectionDeclarations() {}

  static final Setting<Long> PROXY_MAX_CONNECTIONS =
      Setting.of(
          "proxy.max_connections",
          integer(1, 10_000_000),
          20_000L,
          "Connections of clients at one time, on all of the proxy's addresses; more are closed at"
              + " once.");

  static final Setting<Duration> PROXY_HEADER_TIMEOUT =
      Setting.of(
          "proxy.header_timeout",
          TIMEOUT,
          Duration.ofSeconds(10),
          "How long a client may take for the header section of a request once it has begun it"
              + " (then 408), for a TLS handshake, or for what else comes before its first"
              + " request.");

  static final Setting<Long> PROXY_MAX_HEADER_FIELDS =
      Setting.of(
          "proxy.max_header_fields",
          integer(8, 10_000),
          128L,
          "Field lines of a request; a request with more gets 431.");

  static final Setting<Boolean> PROXY_HTTP2 =
      Setting.of(
          "proxy.http2",
          onOff(),
          true,
          "Whether clients may speak HTTP/2: after a TLS handshake that agreed on it, or from the"
              + " first byte (prior knowledge).");

  static final Setting<Long> PROXY_HTTP2_MAX_STREAMS =
      Setting.of(
          "proxy.http2_max_streams",
          integer(1, 10_000),
          100L,
          "Requests of one HTTP/2 connection under way at one time.");

  static final Setting<List<Network>> PROXY_TRUSTED_NETWORKS =
      Setting.of(
          "proxy.trusted_networks",
          listOf(network()),
          List.of(),
          "Proxies and load balancers before this one: what they say of the client, the scheme and"
              + " the host (proxy.trusted_fields) is believed. From all others such fields are"
              + " dropped.");

  static final Setting<TrustedFields> PROXY_TRUSTED_FIELDS =
      Setting.of(
          "proxy.trusted_fields",
          parsed(
              "x-forwarded or forwarded",
              text ->
                  Stream.of(TrustedFields.values())
                      .filter(fields -> fields.toString().equalsIgnoreCase(text))
                      .findFirst(),
              TrustedFields::toString),
          TrustedFields.X_FORWARDED,
          "Which fields the proxies of proxy.trusted_networks write themselves: x-forwarded"
              + " (X-Forwarded-For, -Proto, -Host) or forwarded (Forwarded, RFC 7239). The other"
              + " kind is dropped, since they may pass it on as a client wrote it.");

  static final Setting<Boolean> PROXY_PROXY_PROTOCOL =
      Setting.of(
          "proxy.proxy_protocol",
          onOff(),
          false,
          "Whether every connection has to come from proxy.trusted_networks and to begin with the"
              + " PROXY protocol's header, version 1 or 2, which names the client.");

  static final Setting<List<String>> PROXY_UPGRADE_PROTOCOLS =
      Setting.of(
          "proxy.upgrade_protocols",
          listOf(
              text(
                  "a protocol's name other than HTTP and h2c, such as websocket",
                  Pattern.compile("(?i)(?!h2c?$|http)[a-z0-9.+-]{1,32}(/[a-z0-9.+-]{1,16})?"))),
          List.of("websocket"),
          "Protocols to which HTTP/1.1 connections may be upgraded, if the origin agrees; asked for"
              + " another, a request is an ordinary one.");

  static final Setting<Long> PROXY_MAX_UPGRADED =
      Setting.of(
          "proxy.max_upgraded",
          integer(0, 1_000_000),
          5_000L,
          "Upgraded connections at one time, each also a request under way, but none of those at its"
              + " origin; more get 503.");

  static final List<Setting<?>> ALL =
      List.of(
          PROXY_MAX_CONNECTIONS,
          PROXY_HEADER_TIMEOUT,
          PROXY_MAX_HEADER_FIELDS,
          PROXY_HTTP2,
          PROXY_HTTP2_MAX_STREAMS,
          PROXY_TRUSTED_NETWORKS,
          PROXY_TRUSTED_FIELDS,
          PROXY_PROXY_PROTOCOL,
          PROXY_UPGRADE_PROTOCOLS,
          PROXY_MAX_UPGRADED);

  static ServerSettings.Connections read(ResolvedSettings settings) {
    ResolvedSettings.Values values = settings.values();
    return new ServerSettings.Connections(
        values.get(PROXY_MAX_CONNECTIONS).intValue(),
        values.get(PROXY_HEADER_TIMEOUT),
        values.get(PROXY_MAX_HEADER_FIELDS).intValue(),
        values.get(PROXY_HTTP2),
        values.get(PROXY_HTTP2_MAX_STREAMS).intValue(),
        values.get(PROXY_TRUSTED_NETWORKS),
        values.get(PROXY_TRUSTED_FIELDS),
        values.get(PROXY_PROXY_PROTOCOL),
        TlsDeclarations.readListener(settings),
        values.get(PROXY_UPGRADE_PROTOCOLS).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .toList(),
        values.get(PROXY_MAX_UPGRADED).intValue());
  }
}
