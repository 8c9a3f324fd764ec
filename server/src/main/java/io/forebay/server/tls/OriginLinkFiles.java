package io.forebay.server.tls;

import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.origin.OriginProtocol;
import io.forebay.proxy.origin.OriginTls;
import io.forebay.proxy.tls.Credentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How an origin is connected to, with the files that belong to it.
///
/// @param authorities certificates that may vouch for the origin
/// @param client what we show to the origin
public record OriginLinkFiles(
    URI origin,
    OriginProtocol protocol,
    Optional<Path> authorities,
    Optional<CertificateFiles> client,
    Optional<String> serverName,
    boolean insecure) {

  /// What reading the files came to.
  public sealed interface Reading {
    record Good(OriginLink link) implements Reading {}

    /// @param why which file, and what is wrong with it
    record Bad(String why) implements Reading {}
  }

  public Reading read() {
    Optional<String> authoritiesPem = Optional.empty();
    Optional<OriginTls.Client> shown = Optional.empty();
    try {
      if (authorities.isPresent()) {
        String pem = CertificateFiles.text(authorities.get());
        if (Credentials.certificates(pem).isEmpty()) {
          return new Reading.Bad(authorities.get() + ": there is no certificate in it");
        }
        authoritiesPem = Optional.of(pem);
      }
      if (client.isPresent()) {
        if (CertificateFiles.read(List.of(client.get()))
            instanceof CertificateFiles.Reading.Bad(var why)) {
          return new Reading.Bad(why);
        }
        shown =
            Optional.of(
                new OriginTls.Client(
                    CertificateFiles.text(client.get().certificate()),
                    CertificateFiles.text(client.get().key())));
      }
    } catch (IOException e) {
      return new Reading.Bad(CertificateFiles.why(e));
    } catch (CertificateException e) {
      return new Reading.Bad(authorities.map(Path::toString).orElse("") + ": " + e.getMessage());
    }
    return new Reading.Good(
        new OriginLink(
            Origin.parse(origin.toString()),
            protocol,
            new OriginTls(authoritiesPem, shown, serverName, insecure)));
  }

  public List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    authorities.ifPresent(paths::add);
    client.ifPresent(files -> paths.addAll(files.paths()));
    return paths;
  }
}
