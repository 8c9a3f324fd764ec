package io.forebay.proxy;

import io.forebay.proxy.listen.ListenSettings;
import io.forebay.proxy.listen.Network;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.Route;
import java.util.List;

/// Everything the proxy is told.
///
/// @param maxOriginConnections to each origin
/// @param maxOriginHeaderBytes of a response's header section
/// @param maxFillBytes held by all bodies on their way into the store; beyond it bodies pass
///   through unstored
/// @param maxRefreshes background refreshes under way at once
/// @param explainNetworks whose clients may ask for an explanation in place of a page
/// @param guards what holds for requests before a route is found
public record ProxySettings(
    ListenSettings listen,
    List<Route> routes,
    int maxOriginConnections,
    int maxOriginHeaderBytes,
    long maxFillBytes,
    int maxRefreshes,
    List<Network> explainNetworks,
    RequestGuards guards) {

  public ProxySettings {
    routes = List.copyOf(routes);
    explainNetworks = List.copyOf(explainNetworks);
  }

  /// With the usual guards.
  public ProxySettings(
      ListenSettings listen,
      List<Route> routes,
      int maxOriginConnections,
      int maxOriginHeaderBytes,
      long maxFillBytes,
      int maxRefreshes,
      List<Network> explainNetworks) {
    this(
        listen,
        routes,
        maxOriginConnections,
        maxOriginHeaderBytes,
        maxFillBytes,
        maxRefreshes,
        explainNetworks,
        RequestGuards.USUAL);
  }
}
