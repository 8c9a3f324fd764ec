package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.origin;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.proxy.origin.OriginProtocol;
import io.forebay.server.tls.CertificateFiles;
import io.forebay.server.tls.OriginLinkFiles;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How certain origins are connected to.
final class OriginConnectionDeclarations {

  private OriginConnectionDeclarations() {}

  static final Setting<URI> LINK_ORIGIN =
      Setting.required("origin", origin(), "The origin's address, as in proxy.routes.");

  static final Setting<OriginProtocol> LINK_PROTOCOL =
      Setting.of(
          "protocol",
          choice(OriginProtocol.class),
          OriginProtocol.HTTP1,
          "http2: over TLS if the origin agrees in the handshake, else HTTP/1.1; without TLS from"
              + " the first byte.");

  static final Setting<Optional<String>> LINK_CA =
      Setting.of(
          "ca",
          optional(TlsDeclarations.FILE),
          Optional.empty(),
          "A PEM file with certificates, one of which has to vouch for the origin; without it,"
              + " those that the JDK trusts.");

  static final Setting<Optional<String>> LINK_CERTIFICATE =
      Setting.of(
          "certificate",
          optional(TlsDeclarations.FILE),
          Optional.empty(),
          "A PEM file with the certificate, and its chain, by which we are known to the origin"
              + " (mutual TLS); needs key.");

  static final Setting<Optional<String>> LINK_KEY =
      Setting.of(
          "key",
          optional(TlsDeclarations.FILE),
          Optional.empty(),
          "A PEM file with the unencrypted private key of certificate.");

  static final Setting<Optional<String>> LINK_SERVER_NAME =
      Setting.of(
          "server_name",
          optional(text("a host name", Pattern.compile("[A-Za-z0-9.-]{1,253}"))),
          Optional.empty(),
          "The name that is asked for (SNI) and that the origin's certificate has to be for, in"
              + " place of the address's host.");

  static final Setting<Boolean> LINK_INSECURE =
      Setting.of(
          "insecure",
          onOff(),
          false,
          "Takes anybody for the origin: its certificate is not verified. Logged at each start.");

  static final SettingGroup PROXY_ORIGIN_CONNECTIONS =
      new SettingGroup(
          "proxy.origin_connections",
          SettingGroup.Shape.LIST,
          List.of(
              LINK_ORIGIN,
              LINK_PROTOCOL,
              LINK_CA,
              LINK_CERTIFICATE,
              LINK_KEY,
              LINK_SERVER_NAME,
              LINK_INSECURE),
          "Origins that are connected to in another way than the usual, which is HTTP/1.1, over TLS"
              + " for https:// with verification. Changed files are used without a restart.",
          """
          proxy:
            origin: https://10.0.0.5:8443
            origin_connections:
              - origin: https://10.0.0.5:8443
                protocol: http2
                server_name: shop.internal
                ca: /etc/forebay/internal-ca.pem
                certificate: /etc/forebay/forebay.pem
                key: /etc/forebay/forebay.key
          """);

  static List<OriginLinkFiles> read(ResolvedSettings settings) {
    return settings.items(PROXY_ORIGIN_CONNECTIONS).stream()
        .map(item -> link(item.fields()))
        .toList();
  }

  private static OriginLinkFiles link(ResolvedSettings.Values fields) {
    return new OriginLinkFiles(
        fields.get(LINK_ORIGIN),
        fields.get(LINK_PROTOCOL),
        fields.get(LINK_CA).map(Path::of),
        fields
            .get(LINK_CERTIFICATE)
            .flatMap(certificate ->
                fields
                    .get(LINK_KEY)
                    .map(key -> new CertificateFiles(Path.of(certificate), Path.of(key)))),
        fields.get(LINK_SERVER_NAME),
        fields.get(LINK_INSECURE));
  }
}
