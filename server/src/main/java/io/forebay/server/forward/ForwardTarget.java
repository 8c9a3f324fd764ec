package io.forebay.server.forward;

import java.net.URI;

/// A cache downstream.
///
/// @param url where it takes orders, without a path
/// @param id Fastly's service, Cloudflare's zone; empty for Varnish
/// @param token empty if none is sent
public record ForwardTarget(String name, Kind kind, URI url, String id, String token) {

  /// Whose language it speaks.
  public enum Kind {
    /// `PURGE` with `xkey-purge`, `BAN` with `X-Host` and `X-Url`.
    VARNISH,
    FASTLY,
    CLOUDFLARE
  }

  /// Without the token: this may end up in a log.
  @Override
  public String toString() {
    return "ForwardTarget[" + name + ", " + kind + ", " + url + "]";
  }
}
