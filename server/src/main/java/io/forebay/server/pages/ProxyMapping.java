package io.forebay.server.pages;

import io.forebay.http.caching.CachePolicy;
import io.forebay.proxy.ProxySettings;
import io.forebay.proxy.TunnelSettings;
import io.forebay.proxy.listen.ConnectionSettings;
import io.forebay.proxy.listen.ListenSettings;
import io.forebay.proxy.listen.TrustedNetworks;
import io.forebay.proxy.origin.OriginDispatch;
import io.forebay.proxy.origin.OriginLink;
import io.forebay.proxy.origin.OriginTimeouts;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.tls.ServerTls;
import io.forebay.server.settings.ServerSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The server's settings in the proxy's own terms.
final class ProxyMapping {

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
            settings.minUploadRate().bytes(),
            longestSilence(settings),
            eventLoops,
            settings.tagFields(),
            connections(settings.connections(), tls),
            true);
    return new ProxySettings(
        listen,
        routes(settings),
        maxHeadBytes,
        settings.maxFillBytes().bytes(),
        settings.maxRefreshes(),
        settings.maxFollowers(),
        links,
        new TunnelSettings(
            Set.copyOf(settings.connections().upgradeProtocols()),
            settings.connections().maxUpgraded()),
        settings.explainNetworks(),
        settings.dnsServers().stream()
            .map(server -> new InetSocketAddress(server.host(), server.port()))
            .toList(),
        RuleMapping.guards(settings.guards()));
  }

  private static ConnectionSettings connections(
      ServerSettings.Connections settings, Optional<ServerTls> tls) {
    return new ConnectionSettings(
        settings.maxConnections(),
        settings.headerTimeout(),
        settings.maxHeaderFields(),
        new TrustedNetworks(settings.trustedNetworks(), settings.trustedFields()),
        settings.proxyProtocol(),
        settings.http2(),
        settings.http2MaxStreams(),
        tls.flatMap(with ->
            settings
                .tls()
                .listen()
                .map(at -> new ConnectionSettings.TlsListener(at.host(), at.port(), with))));
  }

  static List<Route> routes(ServerSettings.Proxy settings) {
    CachePolicy policy = policy(settings);
    return settings.routes().stream().map(route -> route(route, settings, policy)).toList();
  }

  /// With the last of the slowest route's tries successful.
  static Duration longestSilence(ServerSettings.Proxy settings) {
    return settings.routes().stream()
        .map(route ->
            route
                .pool()
                .limits()
                .patience()
                .plus(route.connectTimeout())
                .plus(route.firstByteTimeout())
                .multipliedBy(OriginDispatch.MAX_ORIGINS_TRIED)
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
        route.pool(),
        new OriginTimeouts(route.connectTimeout(), route.firstByteTimeout(), route.idleTimeout()),
        RuleMapping.policy(policy, route.rules(), settings.guards()),
        settings.maxStoredBodyBytes().bytes(),
        RuleMapping.rules(route.rules(), settings.guards())
            .withCoding(RuleMapping.coding(route.compression())));
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
