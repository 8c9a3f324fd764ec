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
              OperationDeclarations.ALL,
              FleetDeclarations.ALL,
              AuditDeclarations.ALL,
              ForwardDeclarations.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  static final List<SettingGroup> GROUPS =
      List.of(
          CacheDeclarations.CACHES,
          RouteDeclarations.PROXY_ROUTES,
          AccessDeclarations.ACCESS_TOKENS,
          ForwardDeclarations.FORWARD_TARGETS);
}
