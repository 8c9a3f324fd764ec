package io.forebay.proxy;

import java.util.Set;

/// Which connections may go on in another protocol.
///
/// @param protocols names in lower case, such as `websocket`
/// @param maxOpen upgraded connections at one time; more get 503
public record TunnelSettings(Set<String> protocols, int maxOpen) {
  public TunnelSettings {
    protocols = Set.copyOf(protocols);
  }
}
