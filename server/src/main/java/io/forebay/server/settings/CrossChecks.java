package io.forebay.server.settings;

import io.forebay.server.caches.TierChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Rules that look at more than one setting.
final class CrossChecks {

  private static final String PAGES = "pages";

  private CrossChecks() {}

  static List<SettingProblem> of(ServerSettings settings, ResolvedSettings resolved) {
    List<SettingProblem> problems = new ArrayList<>();
    if (!settings.api().listen().isLoopback() && settings.tokens().isEmpty()) {
      problems.add(
          new SettingProblem(
              ApiDeclarations.API_LISTEN.name(),
              "api.listen "
                  + settings.api().listen()
                  + " can be reached from other machines, but access.tokens is empty: make a token"
                  + " with `forebay token new`, or listen on 127.0.0.1",
              resolved.values().origin(ApiDeclarations.API_LISTEN)));
    }
    if (settings.proxy().isOn()
        && settings.proxy().listen().equals(settings.api().listen())
        && settings.api().listen().port() != 0) {
      problems.add(
          new SettingProblem(
              ProxyDeclarations.PROXY_LISTEN.name(),
              "proxy.listen and api.listen are both " + settings.api().listen(),
              resolved.values().origin(ProxyDeclarations.PROXY_LISTEN)));
    }
    checkConnections(settings, resolved, problems);
    checkMemory(settings, resolved, problems);
    resolved
        .items(RouteDeclarations.PROXY_ROUTES)
        .forEach(route -> RuleDeclarations.check(route, problems));
    refuseTwice(RouteDeclarations.PROXY_ROUTES, RouteDeclarations.ROUTE_NAME, resolved, problems);
    refuseTwice(
        AccessDeclarations.ACCESS_TOKENS, AccessDeclarations.TOKEN_NAME, resolved, problems);
    refuseEmpty(
        AccessDeclarations.ACCESS_TOKENS, AccessDeclarations.TOKEN_ROLES, resolved, problems);
    refuseTwice(
        ForwardDeclarations.FORWARD_TARGETS, ForwardDeclarations.FORWARD_NAME, resolved, problems);
    checkForwardTargets(resolved, problems);
    checkFleet(settings, resolved, problems);
    return problems;
  }

  private static void checkConnections(
      ServerSettings settings, ResolvedSettings resolved, List<SettingProblem> problems) {
    ServerSettings.Connections connections = settings.proxy().connections();
    if (connections.tls().listen().isPresent() && connections.tls().certificates().isEmpty()) {
      problems.add(
          problem(
              TlsDeclarations.PROXY_TLS_LISTEN,
              "proxy.tls.listen needs at least one certificate in proxy.tls.certificates",
              resolved));
    }
    connections
        .tls()
        .listen()
        .filter(tls ->
            tls.port() != 0
                && (tls.equals(settings.proxy().listen()) || tls.equals(settings.api().listen())))
        .ifPresent(tls ->
            problems.add(
                problem(
                    TlsDeclarations.PROXY_TLS_LISTEN,
                    "proxy.tls.listen " + tls + " is also proxy.listen or api.listen",
                    resolved)));
    if (connections.proxyProtocol() && connections.trustedNetworks().isEmpty()) {
      problems.add(
          problem(
              ConnectionDeclarations.PROXY_PROXY_PROTOCOL,
              "proxy.proxy_protocol accepts connections from proxy.trusted_networks only, and there"
                  + " are none",
              resolved));
    }
    for (var item : resolved.items(OriginConnectionDeclarations.PROXY_ORIGIN_CONNECTIONS)) {
      var fields = item.fields();
      if (fields.get(OriginConnectionDeclarations.LINK_CERTIFICATE).isPresent()
          != fields.get(OriginConnectionDeclarations.LINK_KEY).isPresent()) {
        problems.add(
            new SettingProblem(
                OriginConnectionDeclarations.PROXY_ORIGIN_CONNECTIONS.name(),
                OriginConnectionDeclarations.PROXY_ORIGIN_CONNECTIONS.name()
                    + item.name()
                    + ": certificate and key are needed together",
                item.origin()));
      }
    }
    if (resolved.values().get(TlsDeclarations.API_TLS_CERTIFICATE).isPresent()
        != resolved.values().get(TlsDeclarations.API_TLS_KEY).isPresent()) {
      problems.add(
          problem(
              TlsDeclarations.API_TLS_CERTIFICATE,
              "api.tls.certificate and api.tls.key are needed together",
              resolved));
    }
  }

  private static SettingProblem problem(
      Setting<?> setting, String sentence, ResolvedSettings resolved) {
    return new SettingProblem(setting.name(), sentence, resolved.values().origin(setting));
  }

  /// A log is at least as durable as the tiers it guards, and shared by whoever shares them.
  private static void checkFleet(
      ServerSettings settings, ResolvedSettings resolved, List<SettingProblem> problems) {
    var fleet = settings.fleet();
    boolean shares = settings.invalidationLog() == LogStorage.REDIS;
    var log = OperationDeclarations.INVALIDATION_LOG;
    if (shares && fleet.logRedis().isEmpty()) {
      problems.add(
          new SettingProblem(
              log.name(),
              "invalidation.log is redis, but neither redis.url nor invalidation.redis_url says"
                  + " where that is",
              resolved.values().origin(log)));
    }
    checkVouched(fleet, resolved, problems);
    boolean needsTier =
        fleet.entriesTier() == TierChoice.REDIS
            || fleet.pagesTier() == TierChoice.REDIS
            || settings.caches().stream()
                .anyMatch(cache -> cache.tier().equals(Optional.of(TierChoice.REDIS)));
    if (needsTier && fleet.tierRedis().isEmpty()) {
      problems.add(
          new SettingProblem(
              FleetDeclarations.REDIS_URL.name(),
              "a cache has the tier redis, but redis.url does not say where that is",
              resolved.values().origin(FleetDeclarations.REDIS_URL)));
    }
    if (needsTier && !shares) {
      problems.add(
          new SettingProblem(
              log.name(),
              "a cache has a tier that nodes share, so they have to share the log too: set"
                  + " invalidation.log to redis, or invalidations on one node would not reach the"
                  + " others",
              resolved.values().origin(log)));
    }
  }

  /// A replica that takes its master's place may lack what that had acknowledged.
  private static void checkVouched(
      ServerSettings.Fleet fleet, ResolvedSettings resolved, List<SettingProblem> problems) {
    Stream.of(fleet.tierRedis(), fleet.logRedis())
        .flatMap(Optional::stream)
        .filter(redis -> redis.survivesRestarts() && redis.server().mayFailOver())
        .findFirst()
        .ifPresent(redis ->
            problems.add(
                problem(
                    FleetDeclarations.REDIS_SURVIVES_RESTARTS,
                    "redis.survives_restarts cannot be on with a Sentinel or a cluster ("
                        + redis.server()
                        + "): a replica that takes over may lack what its master acknowledged",
                    resolved)));
  }

  private static void checkForwardTargets(
      ResolvedSettings resolved, List<SettingProblem> problems) {
    for (var item : resolved.items(ForwardDeclarations.FORWARD_TARGETS)) {
      var fields = item.fields();
      List<Setting<?>> missing = new ArrayList<>();
      switch (fields.get(ForwardDeclarations.FORWARD_KIND)) {
        case VARNISH -> {
          if (fields.get(ForwardDeclarations.FORWARD_URL).isEmpty()) {
            missing.add(ForwardDeclarations.FORWARD_URL);
          }
        }
        case FASTLY, CLOUDFLARE -> {
          if (fields.get(ForwardDeclarations.FORWARD_ID).isEmpty()) {
            missing.add(ForwardDeclarations.FORWARD_ID);
          }
          if (fields.get(ForwardDeclarations.FORWARD_TOKEN).isEmpty()) {
            missing.add(ForwardDeclarations.FORWARD_TOKEN);
          }
        }
      }
      for (Setting<?> field : missing) {
        problems.add(
            new SettingProblem(
                ForwardDeclarations.FORWARD_TARGETS.name(),
                item.path() + "." + field.name() + " is missing; this kind of target needs it",
                item.origin()));
      }
    }
  }

  private static void checkMemory(
      ServerSettings settings, ResolvedSettings resolved, List<SettingProblem> problems) {
    long batch = 2 * settings.entries().maxValueBytes().bytes() + (1 << 20);
    if (settings.api().maxPendingBodyBytes().bytes() < batch) {
      problems.add(
          new SettingProblem(
              ApiDeclarations.API_MAX_PENDING_BODY_BYTES.name(),
              "api.max_pending_body_bytes has to be at least twice entries.max_value_bytes and"
                  + " 1MiB ("
                  + new ByteSize(batch)
                  + "), or the largest batch could never be sent",
              resolved.values().origin(ApiDeclarations.API_MAX_PENDING_BODY_BYTES)));
    }
    ByteSize node = settings.memory().maxBytes();
    for (var item : resolved.items(CacheDeclarations.CACHES)) {
      if (item.name().equals(PAGES)) {
        problems.add(
            new SettingProblem(
                "caches." + PAGES,
                "caches.pages: that name belongs to the proxy's pages; their bound is"
                    + " proxy.pages_max_bytes",
                item.origin()));
      }
      item.fields()
          .get(CacheDeclarations.CACHE_MAX_BYTES)
          .filter(bytes -> bytes.compareTo(node) > 0)
          .ifPresent(bytes ->
              problems.add(
                  new SettingProblem(
                      "caches." + item.name() + ".max_bytes",
                      "caches."
                          + item.name()
                          + ".max_bytes is "
                          + bytes
                          + ", more than memory.max_bytes, "
                          + node,
                      item.fields().origin(CacheDeclarations.CACHE_MAX_BYTES))));
    }
    if (settings.proxy().pagesMaxBytes().compareTo(node) > 0) {
      problems.add(
          new SettingProblem(
              ProxyDeclarations.PROXY_PAGES_MAX_BYTES.name(),
              "proxy.pages_max_bytes is more than memory.max_bytes, " + node,
              resolved.values().origin(ProxyDeclarations.PROXY_PAGES_MAX_BYTES)));
    }
  }

  private static void refuseTwice(
      SettingGroup group,
      Setting<String> name,
      ResolvedSettings resolved,
      List<SettingProblem> problems) {
    Set<String> seen = new HashSet<>();
    for (var item : resolved.items(group)) {
      String value = item.fields().get(name);
      if (!seen.add(value)) {
        problems.add(
            new SettingProblem(
                group.name(),
                group.name() + ": two items are named " + value,
                item.fields().origin(name)));
      }
    }
  }

  private static <T> void refuseEmpty(
      SettingGroup group,
      Setting<List<T>> field,
      ResolvedSettings resolved,
      List<SettingProblem> problems) {
    for (var item : resolved.items(group)) {
      if (item.fields().get(field).isEmpty()) {
        problems.add(
            new SettingProblem(
                group.name(),
                item.path() + "." + field.name() + " needs at least one element",
                item.fields().origin(field)));
      }
    }
  }
}
