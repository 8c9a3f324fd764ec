package io.forebay.proxy;

/// Who sent a request.
///
/// @param client IP address of the client, as far as trusted proxies tell
/// @param hop IP address of whoever sent the request here: the client itself, or the last proxy
/// @param isTrusted whether `hop` is a proxy whose word on the client counts
public record Sender(String client, String hop, boolean isTrusted) {

  /// One that speaks for itself.
  public static Sender direct(String ip) {
    return new Sender(ip, ip, false);
  }
}
