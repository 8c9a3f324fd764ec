package io.forebay.server.settings;

import io.forebay.proxy.origin.OriginFile;
import io.forebay.proxy.origin.OriginSource;
import io.forebay.server.settings.ResolvedSettings.Item;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Rules that look at routes and pools together.
final class OriginChecks {

  private OriginChecks() {}

  static List<SettingProblem> of(ResolvedSettings resolved) {
    List<SettingProblem> problems = new ArrayList<>();
    List<Item> pools = resolved.items(PoolDeclarations.PROXY_POOLS);
    List<String> names = pools.stream().map(Item::name).toList();
    for (Item route : resolved.items(RouteDeclarations.PROXY_ROUTES)) {
      check(route, names, problems);
    }
    pools.forEach(pool -> checkPool(pool, resolved, problems));
    for (Item route : resolved.items(RouteDeclarations.PROXY_ROUTES)) {
      checkFiles(
          RouteDeclarations.PROXY_ROUTES.name() + route.name(),
          RouteDeclarations.ROUTE_ORIGINS,
          route.fields(),
          problems);
    }
    resolved
        .values()
        .get(ProxyDeclarations.PROXY_ORIGIN)
        .ifPresent(source ->
            checkFile(
                ProxyDeclarations.PROXY_ORIGIN.name(),
                source,
                resolved.values().origin(ProxyDeclarations.PROXY_ORIGIN),
                problems));
    checkFills(resolved, problems);
    refuseSharedName(resolved, names, problems);
    return problems;
  }

  private static void check(Item route, List<String> pools, List<SettingProblem> problems) {
    String path = RouteDeclarations.PROXY_ROUTES.name() + route.name();
    boolean hasOrigins = !route.fields().get(RouteDeclarations.ROUTE_ORIGINS).isEmpty();
    Optional<String> pool = route.fields().get(RouteDeclarations.ROUTE_POOL);
    if (hasOrigins == pool.isPresent()) {
      problems.add(
          new SettingProblem(
              path,
              path
                  + (hasOrigins
                      ? " has both origins and pool; it needs one of them"
                      : " needs origins, such as [http://127.0.0.1:3000], or the name of a pool"),
              route.origin()));
    } else if (pool.isPresent() && !pools.contains(pool.get())) {
      String nearest =
          NearestName.of(pool.get(), pools).map(name -> "; did you mean " + name + "?").orElse("");
      problems.add(
          new SettingProblem(
              path + ".pool",
              path + ".pool: no pool in proxy.pools is named " + pool.get() + nearest,
              route.fields().origin(RouteDeclarations.ROUTE_POOL)));
    }
  }

  private static void checkPool(
      Item pool, ResolvedSettings resolved, List<SettingProblem> problems) {
    String path = PoolDeclarations.PROXY_POOLS.name() + "." + pool.name();
    if (pool.fields().get(PoolDeclarations.ORIGINS).isEmpty()) {
      problems.add(
          new SettingProblem(
              path + ".origins",
              path + ".origins needs at least one element",
              pool.fields().origin(PoolDeclarations.ORIGINS)));
      return;
    }
    if (pool.fields().get(PoolDeclarations.CHECK_PATH).isEmpty()) {
      for (Setting<?> field : PoolDeclarations.OF_CHECKS) {
        SettingOrigin origin = pool.fields().origin(field);
        if (!(origin instanceof SettingOrigin.Default)) {
          String name = path + "." + field.name();
          problems.add(
              new SettingProblem(name, name + " means nothing without check_path", origin));
        }
      }
    }
    checkFiles(path, PoolDeclarations.ORIGINS, pool.fields(), problems);
    var limits = PoolDeclarations.read(pool, resolved.values()).limits();
    if (limits.fillsPerOrigin() > limits.requestsPerOrigin()) {
      String name = path + ".max_fills_per_origin";
      problems.add(
          new SettingProblem(
              name,
              name + " is more than max_requests_per_origin, " + limits.requestsPerOrigin(),
              pool.fields().origin(PoolDeclarations.MAX_FILLS_PER_ORIGIN)));
    }
  }

  /// While the server runs a wrong file changes nothing; but at the start there is nothing yet.
  private static void checkFiles(
      String path,
      Setting<List<OriginSource>> origins,
      ResolvedSettings.Values fields,
      List<SettingProblem> problems) {
    String name = path + "." + origins.name();
    for (OriginSource source : fields.get(origins)) {
      checkFile(name, source, fields.origin(origins), problems);
    }
  }

  private static void checkFile(
      String name, OriginSource source, SettingOrigin written, List<SettingProblem> problems) {
    if (source instanceof OriginSource.InFile(var file)
        && OriginFile.read(file) instanceof OriginFile.Reading.Wrong(var why)) {
      problems.add(new SettingProblem(name, name + ": " + why, written));
    }
  }

  private static void checkFills(ResolvedSettings resolved, List<SettingProblem> problems) {
    var limits = OriginDeclarations.limits(resolved.values());
    if (limits.fillsPerOrigin() > limits.requestsPerOrigin()) {
      String name = OriginDeclarations.MAX_FILLS_PER_ORIGIN.name();
      problems.add(
          new SettingProblem(
              name,
              name + " is more than proxy.max_requests_per_origin, " + limits.requestsPerOrigin(),
              resolved.values().origin(OriginDeclarations.MAX_FILLS_PER_ORIGIN)));
    }
  }

  /// A route's own origins are a pool of the route's name.
  private static void refuseSharedName(
      ResolvedSettings resolved, List<String> pools, List<SettingProblem> problems) {
    Set<String> taken = new HashSet<>(pools);
    for (Item route : resolved.items(RouteDeclarations.PROXY_ROUTES)) {
      String name = route.fields().get(RouteDeclarations.ROUTE_NAME);
      if (!route.fields().get(RouteDeclarations.ROUTE_ORIGINS).isEmpty() && taken.contains(name)) {
        problems.add(
            new SettingProblem(
                "proxy.pools." + name,
                "proxy.pools."
                    + name
                    + " and a route with origins of its own have the same name: rename one, or let"
                    + " the route say pool: "
                    + name,
                route.fields().origin(RouteDeclarations.ROUTE_NAME)));
      }
    }
    if (taken.contains(RouteDeclarations.DEFAULT)
        && resolved.values().get(ProxyDeclarations.PROXY_ORIGIN).isPresent()) {
      problems.add(
          new SettingProblem(
              "proxy.pools." + RouteDeclarations.DEFAULT,
              "proxy.pools.default has the name of what proxy.origin stands for: rename it",
              resolved.values().origin(ProxyDeclarations.PROXY_ORIGIN)));
    }
  }
}
