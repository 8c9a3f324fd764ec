package io.forebay.server.settings;

import java.util.List;
import java.util.stream.Stream;

/// Every setting, each declared once, in the class of what it is about. The order is that of
/// `docs/configure.md` and `config show`.
final class Settings {

  private Settings() {}

  static final List<Setting<?>> ALL =
      Stream.of(
              ApiDeclarations.ALL,
              CacheDeclarations.ALL,
              ProxyDeclarations.ALL,
              GuardDeclarations.ALL,
              OriginDeclarations.OF_POOLS,
              OriginDeclarations.OF_NODE,
              ConnectionDeclarations.ALL,
              TlsDeclarations.ALL,
              CompressionDeclarations.ALL,
              OperationDeclarations.ALL,
              TierDeclarations.ALL,
              FleetDeclarations.ALL,
              AuditDeclarations.ALL,
              ForwardDeclarations.ALL,
              CompatDeclarations.ALL,
              PredictionDeclarations.ALL,
              WarmingDeclarations.ALL,
              PageDeclarations.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  static final List<SettingGroup> GROUPS =
      List.of(
          CacheDeclarations.CACHES,
          RouteDeclarations.PROXY_ROUTES,
          PoolDeclarations.PROXY_POOLS,
          TlsDeclarations.PROXY_TLS_CERTIFICATES,
          OriginConnectionDeclarations.PROXY_ORIGIN_CONNECTIONS,
          AccessDeclarations.ACCESS_TOKENS,
          ForwardDeclarations.FORWARD_TARGETS);
}
