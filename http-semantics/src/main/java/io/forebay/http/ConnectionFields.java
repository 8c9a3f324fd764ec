package io.forebay.http;

/// Fields that belong to one connection and are not forwarded (RFC 9110 §7.6.1), and `Via`
/// (§7.6.3).
public final class ConnectionFields {

  private ConnectionFields() {}

  /// The fields without the hop-by-hop ones and those that `Connection` nominates. `TE: trailers`
  /// is not kept: who forwards trailers says so itself.
  public static HttpFields removed(HttpFields fields) {
    return io.forebay.http.Sketch.notYet("ConnectionFields");
  }

  /// The fields with one more `Via` member at the end.
  ///
  /// @param receivedProtocol e.g. `1.1` or `2`
  /// @param receivedBy a pseudonym, or host and port
  public static HttpFields withVia(HttpFields fields, String receivedProtocol, String receivedBy) {
    return io.forebay.http.Sketch.notYet("ConnectionFields");
  }
}
