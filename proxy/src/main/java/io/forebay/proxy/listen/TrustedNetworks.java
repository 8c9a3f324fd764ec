package io.forebay.proxy.listen;

import java.util.List;

/// The networks of proxies before this one, whose word on the client, the scheme and the host
/// counts.
///
/// @param fields in which they give it: they write these themselves, and may pass on the others as
///   some client wrote them
public record TrustedNetworks(List<Network> networks, TrustedFields fields) {

  public static final TrustedNetworks NONE =
      new TrustedNetworks(List.of(), TrustedFields.X_FORWARDED);

  public TrustedNetworks {
    networks = List.copyOf(networks);
  }

  /// @param ip an address as text; anything else is not trusted
  public boolean contains(String ip) {
    for (Network network : networks) {
      if (network.contains(ip)) {
        return true;
      }
    }
    return false;
  }
}
