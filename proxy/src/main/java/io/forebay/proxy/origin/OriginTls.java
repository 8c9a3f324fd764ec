package io.forebay.proxy.origin;

import java.util.Optional;

/// How TLS connections to an origin are made.
///
/// @param authorities certificates as PEM, one of which has to vouch for the origin; empty for
///   those that the system trusts
/// @param client what we show to an origin that asks who we are (mutual TLS)
/// @param serverName asked for and verified in place of the origin's host
/// @param insecure whether anybody is taken for the origin
public record OriginTls(
    Optional<String> authorities,
    Optional<Client> client,
    Optional<String> serverName,
    boolean insecure) {

  /// Verified by what the system trusts.
  public static final OriginTls USUAL =
      new OriginTls(Optional.empty(), Optional.empty(), Optional.empty(), false);

  /// As PEM.
  public record Client(String certificate, String key) {

    /// Without the key: this may end up in a log.
    @Override
    public String toString() {
      return "Client[certificate=" + certificate.length() + " characters]";
    }
  }
}
