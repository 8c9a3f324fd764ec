package io.forebay.server.tls;

import io.forebay.proxy.tls.Credentials;
import io.forebay.proxy.tls.ServerTls;
import io.forebay.proxy.tls.TlsVersion;
import io.forebay.server.settings.ServerSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;

/// What the server's own listeners are encrypted with, renewed from their files.
///
/// @param proxy empty if the proxy has no listener for TLS
/// @param api empty if the API is served in plain
public record ListenerTls(Optional<Renewed> proxy, Optional<Renewed> api) {

  /// What became of reading the files.
  public sealed interface Reading {
    record Good(ListenerTls tls) implements Reading {}

    /// @param why the setting, and what is wrong
    record Bad(String why) implements Reading {}
  }

  /// Certificates in use, and where they come from.
  public static final class Renewed {
    private final ServerTls tls;
    private final List<CertificateFiles> files;
    private final AtomicReference<List<Credentials>> inUse;

    private Renewed(ServerTls tls, List<CertificateFiles> files, List<Credentials> credentials) {
      this.tls = tls;
      this.files = files;
      this.inUse = new AtomicReference<>(credentials);
    }

    public ServerTls tls() {
      return tls;
    }

    /// When the first of the certificates in use ends.
    Instant firstExpiry() {
      return inUse.get().stream()
          .map(one -> one.chain().getFirst().getNotAfter().toInstant())
          .min(Instant::compareTo)
          .orElse(Instant.MAX);
    }

    private Optional<String> renew() {
      return switch (CertificateFiles.read(files)) {
        case CertificateFiles.Reading.Bad(var why) -> Optional.of(why);
        case CertificateFiles.Reading.Good(var credentials) -> {
          try {
            tls.replace(credentials);
            inUse.set(credentials);
            yield Optional.empty();
          } catch (SSLException e) {
            yield Optional.of(String.valueOf(e.getMessage()));
          }
        }
      };
    }

    private List<Path> paths() {
      return files.stream().flatMap(one -> one.paths().stream()).toList();
    }
  }

  /// Reads what the settings name.
  ///
  /// @param watch told which files to look at again
  public static Reading read(ServerSettings settings, FileWatch watch) {
    ServerSettings.Connections connections = settings.proxy().connections();
    Optional<Renewed> proxy = Optional.empty();
    Optional<Renewed> api = Optional.empty();
    try {
      if (settings.proxy().isOn() && connections.tls().listen().isPresent()) {
        List<String> applications =
            connections.http2()
                ? List.of(ServerTls.HTTP_2, ServerTls.HTTP_1_1)
                : List.of(ServerTls.HTTP_1_1);
        proxy =
            Optional.of(
                renewed(
                    connections.tls().certificates(),
                    connections.tls().minVersion(),
                    applications,
                    "proxy.tls.certificates",
                    watch));
      }
      if (settings.api().tls().isPresent()) {
        api =
            Optional.of(
                renewed(
                    List.of(settings.api().tls().get()),
                    TlsVersion.TLS_1_2,
                    List.of(ServerTls.HTTP_1_1),
                    "api.tls.certificate",
                    watch));
      }
    } catch (SSLException e) {
      return new Reading.Bad(String.valueOf(e.getMessage()));
    }
    return new Reading.Good(new ListenerTls(proxy, api));
  }

  /// @throws SSLException that names the setting
  private static Renewed renewed(
      List<CertificateFiles> files,
      TlsVersion minimum,
      List<String> applications,
      String setting,
      FileWatch watch)
      throws SSLException {
    return switch (CertificateFiles.read(files)) {
      case CertificateFiles.Reading.Bad(var why) -> throw new SSLException(setting + ": " + why);
      case CertificateFiles.Reading.Good(var credentials) -> {
        Renewed renewed =
            new Renewed(new ServerTls(minimum, applications, credentials), files, credentials);
        watch.add(setting, renewed.paths(), renewed::renew);
        yield renewed;
      }
    };
  }

  /// When the first of the certificates in use ends; empty if there are none.
  public Optional<Instant> firstExpiry() {
    return java.util.stream.Stream.concat(proxy.stream(), api.stream())
        .map(Renewed::firstExpiry)
        .min(Instant::compareTo);
  }
}
