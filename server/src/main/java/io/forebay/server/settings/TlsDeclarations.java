package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.hostAndPort;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.proxy.tls.TlsVersion;
import io.forebay.server.tls.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// TLS to clients: the proxy's second listener, and the API's.
final class TlsDeclarations {

  private TlsDeclarations() {}

  static final SettingType<String> FILE =
      text("a file's path", Pattern.compile("[^\\x00-\\x1f]{1,4096}"));

  static final Setting<Optional<HostAndPort>> PROXY_TLS_LISTEN =
      Setting.of(
          "proxy.tls.listen",
          optional(hostAndPort()),
          Optional.empty(),
          "Where the proxy takes encrypted requests, besides proxy.listen; needs"
              + " proxy.tls.certificates.");

  static final Setting<TlsVersion> PROXY_TLS_MIN_VERSION =
      Setting.of(
          "proxy.tls.min_version",
          choice(TlsVersion.class),
          TlsVersion.TLS_1_2,
          "The oldest version of TLS that clients may speak.");

  static final Setting<String> TLS_CERTIFICATE =
      Setting.required(
          "certificate", FILE, "A PEM file with the certificate, and after it its chain.");

  static final Setting<String> TLS_KEY =
      Setting.required("key", FILE, "A PEM file with the certificate's unencrypted private key.");

  static final SettingGroup PROXY_TLS_CERTIFICATES =
      new SettingGroup(
          "proxy.tls.certificates",
          SettingGroup.Shape.LIST,
          List.of(TLS_CERTIFICATE, TLS_KEY),
          "What the proxy shows to TLS clients: the one for the host that the client names, else"
              + " the first. Changed files are used without a restart.",
          """
          proxy:
            origin: http://127.0.0.1:3000
            tls:
              listen: 0.0.0.0:6443
              certificates:
                - certificate: /etc/forebay/example.org.pem
                  key: /etc/forebay/example.org.key
          """);

  static final Setting<Optional<String>> API_TLS_CERTIFICATE =
      Setting.of(
          "api.tls.certificate",
          optional(FILE),
          Optional.empty(),
          "A PEM file with a certificate and its chain: with it and api.tls.key the API is served"
              + " over TLS, and not without.");

  static final Setting<Optional<String>> API_TLS_KEY =
      Setting.of(
          "api.tls.key",
          optional(FILE),
          Optional.empty(),
          "A PEM file with the unencrypted private key of api.tls.certificate.");

  static final Setting<Duration> TLS_RELOAD_INTERVAL =
      Setting.of(
          "tls.reload_interval",
          TIMEOUT,
          Duration.ofSeconds(10),
          "How often the files of certificates and keys are looked at; a file that is broken"
              + " changes nothing.");

  static final List<Setting<?>> ALL =
      List.of(
          PROXY_TLS_LISTEN,
          PROXY_TLS_MIN_VERSION,
          API_TLS_CERTIFICATE,
          API_TLS_KEY,
          TLS_RELOAD_INTERVAL);

  static ServerSettings.TlsListener readListener(ResolvedSettings settings) {
    return new ServerSettings.TlsListener(
        settings.values().get(PROXY_TLS_LISTEN),
        settings.values().get(PROXY_TLS_MIN_VERSION),
        settings.items(PROXY_TLS_CERTIFICATES).stream()
            .map(item ->
                new CertificateFiles(
                    Path.of(item.fields().get(TLS_CERTIFICATE)),
                    Path.of(item.fields().get(TLS_KEY))))
            .toList());
  }

  static Optional<CertificateFiles> readApi(ResolvedSettings.Values values) {
    return values
        .get(API_TLS_CERTIFICATE)
        .flatMap(certificate ->
            values
                .get(API_TLS_KEY)
                .map(key -> new CertificateFiles(Path.of(certificate), Path.of(key))));
  }
}
