package io.forebay.server.forward;

import java.util.Map;

/// One request to a downstream.
///
/// @param host for `Host`; empty for the target's own
/// @param target path and query
/// @param body empty for none; else JSON
record ForwardCall(
    String method, String host, String target, Map<String, String> fields, String body) {

  ForwardCall {
    fields = Map.copyOf(fields);
  }

  /// Without fields, which hold the token.
  @Override
  public String toString() {
    return method + " " + host + target;
  }
}
