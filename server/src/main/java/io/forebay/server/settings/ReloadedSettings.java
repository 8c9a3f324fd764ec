package io.forebay.server.settings;

import java.util.List;
import java.util.stream.Stream;

/// Which settings a running server takes over when they are read again; every other needs a
/// restart.
public final class ReloadedSettings {

  public static final String TOKENS = "access.tokens";

  private static final List<String> OF_ROUTES =
      Stream.concat(
              Stream.of(
                  RouteDeclarations.PROXY_ROUTES,
                  PoolDeclarations.PROXY_POOLS,
                  ProxyDeclarations.PROXY_ORIGIN,
                  ProxyDeclarations.PROXY_CONNECT_TIMEOUT,
                  ProxyDeclarations.PROXY_FIRST_BYTE_TIMEOUT,
                  ProxyDeclarations.PROXY_MAX_STORED_BODY_BYTES,
                  ProxyDeclarations.PROXY_STALE_IF_ERROR,
                  ProxyDeclarations.PROXY_HEURISTIC_FRESHNESS,
                  ProxyDeclarations.PROXY_STORE_SET_COOKIE,
                  ProxyDeclarations.PROXY_EXPLAIN_NETWORKS),
              Stream.of(
                      GuardDeclarations.ALL,
                      CompressionDeclarations.ALL,
                      OriginDeclarations.OF_POOLS)
                  .flatMap(List::stream))
          .map(SettingField::name)
          .toList();

  private static final List<String> OF_ACCESS =
      List.of(
          TOKENS,
          ApiDeclarations.API_ALLOWED_HOSTS.name(),
          ApiDeclarations.API_ALLOWED_ORIGINS.name());

  private static final List<String> OTHERS = List.of(OperationDeclarations.LOG_EXCHANGES.name());

  private ReloadedSettings() {}

  /// Their names, for the documentation.
  static List<String> names() {
    return Stream.of(OF_ROUTES, OF_ACCESS, OTHERS).flatMap(List::stream).toList();
  }

  /// @param name as shown: `proxy.routes[1].path`
  public static boolean isReloaded(String name) {
    return isOfRoutes(name) || isOfAccess(name) || isIn(OTHERS, name);
  }

  /// Whether the proxy's routes are made from it.
  public static boolean isOfRoutes(String name) {
    return isIn(OF_ROUTES, name);
  }

  /// Whether it says who may use the API.
  public static boolean isOfAccess(String name) {
    return isIn(OF_ACCESS, name);
  }

  public static boolean isToken(String name) {
    return isIn(List.of(TOKENS), name);
  }

  /// Whether it says how long origins may take.
  public static boolean isTimeout(String name) {
    return name.startsWith("proxy.") && name.endsWith("_timeout");
  }

  private static boolean isIn(List<String> names, String name) {
    return names.stream()
        .anyMatch(known ->
            name.equals(known) || name.startsWith(known + "[") || name.startsWith(known + "."));
  }
}
