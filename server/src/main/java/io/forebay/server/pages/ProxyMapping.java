package io.forebay.server.pages;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.ProxySettings;
import io.forebay.proxy.TunnelSettings;
import io.forebay.proxy.listen.ConnectionSettings;
import io.forebay.proxy.listen.ListenSettings;
import io.forebay.proxy.listen.TrustedNetworks;
import io.forebay.proxy.origin.Origin;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.tls.ServerTls;
import io.forebay.server.settings.ServerSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The server's settings in the proxy's own terms.
final class ProxyMapping {

  /// Background refreshes at one time: enough to keep many pages fresh, few enough not to be a load
  /// of its own on an origin.
  private static final int MAX_REFRESHES = 100;

  private ProxyMapping() {}

  /// @param tls of the listener for TLS, if there is one
  /// @param links how certain origins are connected to
  static ProxySettings of(
      ServerSettings.Proxy settings,
      int eventLoops,
      Optional<ServerTls> tls,
      List<OriginLink> links) {
    int maxHeadBytes = (int) settings.maxHeadBytes().bytes();
    ListenSettings listen =
        new ListenSettings(
            settings.listen().host(),
            settings.listen().port(),
            settings.maxExchanges(),
            maxHeadBytes,
            settings.idleTimeout(),
            longestSilence(settings),
            eventLoops,
            settings.tagFields(),
            connections(settings.connections(), tls));
    CachePolicy policy = policy(settings);
    List<Route> routes =
        settings.routes().stream().map(route -> route(route, settings, policy)).toList();
    return new ProxySettings(
        listen,
        routes,
        settings.maxConnectionsPerOrigin(),
        maxHeadBytes,
        settings.maxFillBytes().bytes(),
        MAX_REFRESHES,
        links,
        new TunnelSettings(
            Set.copyOf(settings.connections().upgradeProtocols()),
            settings.connections().maxUpgraded()),
        settings.explainNetworks());
  }

  private static ConnectionSettings connections(
      ServerSettings.Connections settings, Optional<ServerTls> tls) {
    return new ConnectionSettings(
        settings.maxConnections(),
        settings.headerTimeout(),
        settings.maxHeaderFields(),
        new TrustedNetworks(settings.trustedNetworks()),
        settings.proxyProtocol(),
        settings.http2(),
        settings.http2MaxStreams(),
        tls.flatMap(with ->
            settings
                .tls()
                .listen()
                .map(at -> new ConnectionSettings.TlsListener(at.host(), at.port(), with))));
  }

  /// With every origin of the slowest route tried in vain but the last; waiting for a connection
  /// and making it may each take as long.
  private static Duration longestSilence(ServerSettings.Proxy settings) {
    return settings.routes().stream()
        .map(route ->
            route
                .connectTimeout()
                .multipliedBy(2L * route.origins().size())
                .plus(route.firstByteTimeout())
                .plus(route.idleTimeout()))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Route route(
      ServerSettings.Route route, ServerSettings.Proxy settings, CachePolicy policy) {
    return new Route(
        route.name(),
        route.host().map(host -> host.toLowerCase(Locale.ROOT)),
        route.path(),
        route.origins().stream().map(URI::toString).map(Origin::parse).toList(),
        new OriginTimeouts(route.connectTimeout(), route.firstByteTimeout(), route.idleTimeout()),
        policy,
        settings.maxStoredBodyBytes().bytes());
  }

  private static CachePolicy policy(ServerSettings.Proxy settings) {
    CachePolicy.Builder policy =
        CachePolicy.defaults().toBuilder().staleIfError(settings.staleIfError());
    if (!settings.heuristicFreshness()) {
      policy.heuristics(CachePolicy.Heuristics.OFF);
    }
    if (settings.storeSetCookie()) {
      policy.setCookie(CachePolicy.SetCookie.STORE);
    }
    return policy.build();
  }
}
