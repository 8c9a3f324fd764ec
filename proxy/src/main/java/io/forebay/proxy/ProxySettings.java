package io.forebay.proxy;

import io.forebay.proxy.listen.ListenSettings;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.route.Route;
import java.util.List;

/// Everything the proxy is told.
///
/// @param maxOriginConnections to each origin
/// @param maxOriginHeaderBytes of a response's header section
/// @param maxFillBytes held by all bodies on their way into the store; beyond it bodies pass
///   through unstored
/// @param maxRefreshes background refreshes under way at once
/// @param links origins that are connected to in another way than the usual
/// @param tunnels which connections may go on in another protocol
/// @param explainNetworks whose clients may ask for an explanation in place of a page
public record ProxySettings(
    ListenSettings listen,
    List<Route> routes,
    int maxOriginConnections,
    int maxOriginHeaderBytes,
    long maxFillBytes,
    int maxRefreshes,
    List<OriginLink> links,
    TunnelSettings tunnels,
    List<Network> explainNetworks) {

  public ProxySettings {
    routes = List.copyOf(routes);
    links = List.copyOf(links);
    explainNetworks = List.copyOf(explainNetworks);
  }
}
