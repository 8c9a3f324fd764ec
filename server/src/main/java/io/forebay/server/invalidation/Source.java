package io.forebay.server.invalidation;

import java.util.Locale;

/// By which way an invalidation came.
public enum Source {
  /// `POST /v1/invalidations`, the command line included.
  API,
  /// A route in the shape of Fastly's API.
  FASTLY,
  /// A route in the shape of Cloudflare's.
  CLOUDFLARE,
  /// The method `PURGE` on the proxy.
  PURGE,
  /// The method `BAN` on the proxy.
  BAN,
  /// A route of another system's API (`compat.systems`).
  COMPAT;

  /// `api`; a metric's label.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
