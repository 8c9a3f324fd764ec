package io.forebay.proxy;

import io.forebay.proxy.listen.ListenSettings;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.origin.PoolSettings;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.Route;
import java.net.InetSocketAddress;
import java.util.List;

/// Everything the proxy is told.
///
/// @param maxOriginHeaderBytes of a response's header section
/// @param maxFillBytes held by all bodies on their way into the store; beyond it bodies pass
///   through unstored
/// @param maxRefreshes background refreshes under way at once
/// @param maxFollowers requests that may wait for one fetch
/// @param nameServers asked for origins that are given by name; empty for the system's
/// @param links origins that are connected to in another way than the usual
/// @param tunnels which connections may go on in another protocol
/// @param explainNetworks whose clients may ask for an explanation in place of a page
/// @param guards what holds for requests before a route is found
public record ProxySettings(
    ListenSettings listen,
    List<Route> routes,
    int maxOriginHeaderBytes,
    long maxFillBytes,
    int maxRefreshes,
    int maxFollowers,
    List<OriginLink> links,
    TunnelSettings tunnels,
    List<Network> explainNetworks,
    List<InetSocketAddress> nameServers,
    RequestGuards guards) {

  public ProxySettings {
    routes = List.copyOf(routes);
    links = List.copyOf(links);
    explainNetworks = List.copyOf(explainNetworks);
    nameServers = List.copyOf(nameServers);
  }

  /// Those of the routes, each once.
  List<PoolSettings> pools() {
    return routes.stream().map(Route::pool).distinct().toList();
  }
}
