package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.NAME;
import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.OriginTypes.originSource;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.proxy.origin.OriginSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The routes of the proxy: which requests go where, and what holds for them.
final class RouteDeclarations {

  private RouteDeclarations() {}

  static final Setting<String> ROUTE_NAME =
      Setting.required("name", NAME, "The route's name in logs and metrics.");

  static final Setting<Optional<String>> ROUTE_HOST =
      Setting.of(
          "host",
          optional(
              text(
                  "a host name, or *.example.org for any below it",
                  Pattern.compile("(\\*\\.)?[A-Za-z0-9.-]{1,253}"))),
          Optional.empty(),
          "Takes requests for this host only; without it, for any.");

  static final Setting<String> ROUTE_PATH =
      Setting.of(
          "path",
          text(
              "a path that begins with /, where * stands for anything",
              Pattern.compile("/[!-~]{0,2047}")),
          "/*",
          "Takes requests whose path matches, where * stands for anything.");

  /// The name of what `proxy.origin` stands for, as route and as pool.
  static final String DEFAULT = "default";

  static final Setting<List<OriginSource>> ROUTE_ORIGINS =
      Setting.of(
          "origins",
          listOf(originSource()),
          List.of(),
          "The servers that answer, such as [http://10.0.0.5:8080, http://10.0.0.6:8080 weight=3];"
              + " or names, of which each address is an origin, srv+http://NAME, file:PATH.");

  static final Setting<Optional<String>> ROUTE_POOL =
      Setting.of(
          "pool",
          optional(NAME),
          Optional.empty(),
          "In place of origins: the pool of proxy.pools that answers.");

  static final Setting<Optional<Duration>> ROUTE_CONNECT_TIMEOUT =
      Setting.of(
          "connect_timeout",
          optional(TIMEOUT),
          Optional.empty(),
          "As proxy.connect_timeout, for this route.");

  static final Setting<Optional<Duration>> ROUTE_FIRST_BYTE_TIMEOUT =
      Setting.of(
          "first_byte_timeout",
          optional(TIMEOUT),
          Optional.empty(),
          "As proxy.first_byte_timeout, for this route.");

  static final Setting<Optional<Duration>> ROUTE_IDLE_TIMEOUT =
      Setting.of(
          "idle_timeout",
          optional(TIMEOUT),
          Optional.empty(),
          "As proxy.idle_timeout, for this route.");

  static final SettingGroup PROXY_ROUTES =
      new SettingGroup(
          "proxy.routes",
          SettingGroup.Shape.LIST,
          Stream.of(
                  List.of(
                      ROUTE_NAME,
                      ROUTE_HOST,
                      ROUTE_PATH,
                      ROUTE_ORIGINS,
                      ROUTE_POOL,
                      ROUTE_CONNECT_TIMEOUT,
                      ROUTE_FIRST_BYTE_TIMEOUT,
                      ROUTE_IDLE_TIMEOUT),
                  RuleDeclarations.FIELDS)
              .<SettingField>flatMap(List::stream)
              .toList(),
          "Which origins answer which requests; the first route that matches takes the request.",
          """
          proxy:
            routes:
              - name: shop
                host: shop.example.org
                path: /*
                origins: [http://10.0.0.5:8080, http://10.0.0.6:8080]
                first_byte_timeout: 5s
                key:
                  query: {drop: [utm_*, fbclid]}
                lifetime:
                  default: 1m
                  by_status: {404: 10s}
          """);

  /// The routes in the order in which they are tried; the one that `proxy.origin` stands for is
  /// last.
  static List<ServerSettings.Route> read(ResolvedSettings settings) {
    ResolvedSettings.Values node = settings.values();
    List<ServerSettings.Route> routes = new ArrayList<>();
    RoutePools pools = RoutePools.of(settings);
    for (ResolvedSettings.Item item : settings.items(PROXY_ROUTES)) {
      routes.add(route(item.fields(), pools, node));
    }
    node.get(ProxyDeclarations.PROXY_ORIGIN)
        .ifPresent(origin ->
            routes.add(
                new ServerSettings.Route(
                    DEFAULT,
                    Optional.empty(),
                    "/*",
                    pools.ofList(DEFAULT, List.of(origin)),
                    node.get(ProxyDeclarations.PROXY_CONNECT_TIMEOUT),
                    node.get(ProxyDeclarations.PROXY_FIRST_BYTE_TIMEOUT),
                    node.get(ProxyDeclarations.PROXY_IDLE_TIMEOUT),
                    RuleSettings.NONE,
                    CompressionDeclarations.read(node))));
    return List.copyOf(routes);
  }

  private static ServerSettings.Route route(
      ResolvedSettings.Values fields, RoutePools pools, ResolvedSettings.Values node) {
    return new ServerSettings.Route(
        fields.get(ROUTE_NAME),
        fields.get(ROUTE_HOST),
        fields.get(ROUTE_PATH),
        fields
            .get(ROUTE_POOL)
            .map(pools::named)
            .orElseGet(() -> pools.ofList(fields.get(ROUTE_NAME), fields.get(ROUTE_ORIGINS))),
        fields.get(ROUTE_CONNECT_TIMEOUT).orElse(node.get(ProxyDeclarations.PROXY_CONNECT_TIMEOUT)),
        fields
            .get(ROUTE_FIRST_BYTE_TIMEOUT)
            .orElse(node.get(ProxyDeclarations.PROXY_FIRST_BYTE_TIMEOUT)),
        fields.get(ROUTE_IDLE_TIMEOUT).orElse(node.get(ProxyDeclarations.PROXY_IDLE_TIMEOUT)),
        RuleDeclarations.read(fields),
        CompressionDeclarations.read(fields, node));
  }
}
