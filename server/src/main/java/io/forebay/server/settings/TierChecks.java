package io.forebay.server.settings;

import io.forebay.backends.database.DatabaseUrl;
import io.forebay.cache.tier.WriteMode;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.compat.ForeignSystem;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which tiers and which log of invalidations go together.
///
/// **A log is at least as durable as the tiers it guards**: what was invalidated must be known when
/// the values are read again, after a restart too. **And it is shared by whoever shares them**:
///
/// | log | tiers | who shares values |
/// |---|---|---|
/// | memory | none | - |
/// | file | any | nobody: in a server, this node has a namespace of its own |
/// | redis | those that nodes share | the nodes that share the log |
///
/// With the log in Redis, a tier that is one node's own is refused: what another node writes or
/// removes would not reach it.
final class TierChecks {

  private TierChecks() {}

  /// Where the log is kept, the operator's choice filled in.
  static LogStorage log(ResolvedSettings resolved) {
    ResolvedSettings.Values values = resolved.values();
    return switch (values.get(OperationDeclarations.INVALIDATION_LOG)) {
      case MEMORY -> LogStorage.MEMORY;
      case FILE -> LogStorage.FILE;
      case REDIS -> LogStorage.REDIS;
      case AUTO -> {
        boolean redisIsThere =
            values.get(FleetDeclarations.REDIS_URL).isPresent()
                || values.get(FleetDeclarations.INVALIDATION_REDIS_URL).isPresent();
        Map<TierChoice, String> used = used(resolved);
        if (used.isEmpty()) {
          yield requestsNameTiers(values) && !named(values).isEmpty()
              ? LogStorage.FILE
              : LogStorage.MEMORY;
        }
        yield redisIsThere && used.keySet().stream().anyMatch(tier -> isShared(tier, values))
            ? LogStorage.REDIS
            : LogStorage.FILE;
      }
    };
  }

  /// Whether requests choose what lies behind, so that a tier is in use once somebody says where it
  /// is.
  private static boolean requestsNameTiers(ResolvedSettings.Values values) {
    return ForeignSystem.named(values.get(CompatDeclarations.SYSTEMS))
        .contains(ForeignSystem.CACHE_MANAGEMENT);
  }

  /// The tiers that somebody says where to find.
  private static Set<TierChoice> named(ResolvedSettings.Values values) {
    Set<TierChoice> named = EnumSet.noneOf(TierChoice.class);
    if (values.get(FleetDeclarations.REDIS_URL).isPresent()) {
      named.add(TierChoice.REDIS);
    }
    if (values.get(TierDeclarations.MEMCACHED_URL).isPresent()) {
      named.add(TierChoice.MEMCACHED);
    }
    if (values.get(TierDeclarations.DATABASE_URL).isPresent()) {
      named.add(TierChoice.DATABASE);
    }
    if (values.get(TierDeclarations.FILE_FOLDER).isPresent()) {
      named.add(TierChoice.FILE);
    }
    return named;
  }

  private static boolean isShared(TierChoice tier, ResolvedSettings.Values values) {
    return switch (tier) {
      case NONE, FILE -> false;
      case REDIS, MEMCACHED -> true;
      case DATABASE ->
          values
              .get(TierDeclarations.DATABASE_URL)
              .filter(DatabaseUrl.PostgreSql.class::isInstance)
              .isPresent();
    };
  }

  /// The tiers that caches have, each with the setting that says so first.
  private static Map<TierChoice, String> used(ResolvedSettings resolved) {
    Map<TierChoice, String> used = new TreeMap<>();
    used.put(
        resolved.values().get(TierDeclarations.ENTRIES_TIER), TierDeclarations.ENTRIES_TIER.name());
    used.putIfAbsent(
        resolved.values().get(TierDeclarations.PAGES_TIER), TierDeclarations.PAGES_TIER.name());
    for (var cache : resolved.items(CacheDeclarations.CACHES)) {
      cache
          .fields()
          .get(TierDeclarations.CACHE_TIER)
          .ifPresent(tier -> used.putIfAbsent(tier, cache.path() + ".tier"));
    }
    used.remove(TierChoice.NONE);
    return used;
  }

  /// The tiers that caches write behind to, each with the setting that says so first. A mode
  /// without a tier stands under [TierChoice#NONE].
  private static Map<TierChoice, String> writtenBehind(ResolvedSettings resolved) {
    Map<TierChoice, String> behind = new TreeMap<>();
    ResolvedSettings.Values values = resolved.values();
    WriteMode usual = values.get(TierDeclarations.ENTRIES_WRITE_MODE);
    TierChoice usualTier = values.get(TierDeclarations.ENTRIES_TIER);
    if (usual == WriteMode.WRITE_BEHIND && usualTier != TierChoice.NONE) {
      behind.put(usualTier, TierDeclarations.ENTRIES_WRITE_MODE.name());
    }
    for (var cache : resolved.items(CacheDeclarations.CACHES)) {
      var mode = cache.fields().get(TierDeclarations.CACHE_WRITE_MODE);
      TierChoice tier = cache.fields().get(TierDeclarations.CACHE_TIER).orElse(usualTier);
      if (mode.orElse(usual) == WriteMode.WRITE_BEHIND
          && (tier != TierChoice.NONE || mode.isPresent())) {
        behind.putIfAbsent(tier, cache.path() + ".write_mode");
      }
    }
    return behind;
  }

  static Set<TierChoice> behind(ResolvedSettings resolved) {
    return writtenBehind(resolved).keySet();
  }

  private static void checkWriting(
      ServerSettings settings, ResolvedSettings resolved, List<SettingProblem> problems) {
    writtenBehind(resolved)
        .forEach((tier, by) -> {
          if (tier == TierChoice.NONE) {
            problems.add(
                problem(
                    TierDeclarations.ENTRIES_WRITE_MODE,
                    by + " is write_behind, but the cache has no tier to write to",
                    resolved));
          } else if (settings.invalidationLog() == LogStorage.REDIS) {
            problems.add(
                problem(
                    TierDeclarations.ENTRIES_WRITE_MODE,
                    by
                        + " is write_behind, but invalidation.log is redis: nodes share the tier, and"
                        + " another node would read, and overwrite, what a write that waits here is"
                        + " about to replace. Set invalidation.log to file, or the mode to"
                        + " write_through",
                    resolved));
          }
        });
    if (resolved.values().get(TierDeclarations.ENTRIES_WRITE_MODE) != WriteMode.WRITE_THROUGH
        && used(resolved).isEmpty()) {
      problems.add(
          problem(
              TierDeclarations.ENTRIES_WRITE_MODE,
              "entries.write_mode needs a tier: set entries.tier, or tier of a cache",
              resolved));
    }
  }

  static List<SettingProblem> of(ServerSettings settings, ResolvedSettings resolved) {
    List<SettingProblem> problems = new ArrayList<>();
    Map<TierChoice, String> used = used(resolved);
    var log = OperationDeclarations.INVALIDATION_LOG;
    if (settings.invalidationLog() == LogStorage.REDIS
        && settings.fleet().logRedis().isEmpty()
        && resolved.values().get(log) == LogChoice.REDIS) {
      problems.add(
          problem(
              log,
              "invalidation.log is redis, but neither redis.url nor invalidation.redis_url says"
                  + " where that is",
              resolved));
    }
    used.forEach((tier, by) -> {
      missing(tier, by, settings, resolved).ifPresent(problems::add);
      guarded(tier, by, settings, resolved).ifPresent(problems::add);
    });
    checkVouched(settings.fleet(), resolved, problems);
    checkWriting(settings, resolved, problems);
    if (settings.tiers().encryptionKeys().isPresent()
        && settings.tiers().encryptionKeysFile().isPresent()) {
      problems.add(
          problem(
              TierDeclarations.ENCRYPTION_KEYS_FILE,
              "tiers.encryption_keys and tiers.encryption_keys_file exclude each other",
              resolved));
    }
    if (settings.tiers().ownKeyFile().isPresent()
        && settings.invalidationLog() == LogStorage.REDIS) {
      problems.add(
          problem(
              TierDeclarations.OWN_ENCRYPTION_KEY,
              "tiers.own_encryption_key is on, but invalidation.log is redis: nodes share values,"
                  + " and none could read another's. Name keys that all of them have in"
                  + " tiers.encryption_keys_file, or set invalidation.log to file",
              resolved));
    }
    if (settings.tiers().file().isEmpty()) {
      problems.add(
          problem(
              TierDeclarations.FILE_MAX_BYTES,
              "file.max_bytes has to be at least four times file.segment_bytes",
              resolved));
    }
    return problems;
  }

  private static Optional<SettingProblem> missing(
      TierChoice tier, String by, ServerSettings settings, ResolvedSettings resolved) {
    return switch (tier) {
      case NONE, DATABASE, FILE -> Optional.empty();
      case REDIS ->
          settings.fleet().tierRedis().isPresent()
              ? Optional.empty()
              : Optional.of(unsaid(FleetDeclarations.REDIS_URL, tier, by, resolved));
      case MEMCACHED ->
          settings.tiers().memcached().isPresent()
              ? Optional.empty()
              : Optional.of(unsaid(TierDeclarations.MEMCACHED_URL, tier, by, resolved));
    };
  }

  private static SettingProblem unsaid(
      Setting<?> url, TierChoice tier, String by, ResolvedSettings resolved) {
    return problem(
        url, by + " is " + tier.text() + ", but " + url + " does not say where that is", resolved);
  }

  private static Optional<SettingProblem> guarded(
      TierChoice tier, String by, ServerSettings settings, ResolvedSettings resolved) {
    var log = OperationDeclarations.INVALIDATION_LOG;
    return switch (settings.invalidationLog()) {
      case FILE -> Optional.empty();
      case MEMORY ->
          Optional.of(
              problem(
                  log,
                  by
                      + " is "
                      + tier.text()
                      + ", whose values outlive this process; an invalidation log in memory does"
                      + " not, so after a restart values would be served that were invalidated."
                      + " Set invalidation.log to file, if this node stands alone, or to redis, if"
                      + " nodes share the tier; or leave it out",
                  resolved));
      case REDIS ->
          isShared(tier, resolved.values())
              ? Optional.empty()
              : Optional.of(
                  problem(
                      log,
                      by
                          + " is "
                          + tier.text()
                          + ", which is this node's own, but invalidation.log is redis, which nodes"
                          + " share: what another node writes or removes would not reach it. Set"
                          + " invalidation.log to file, or choose a tier that nodes share (redis,"
                          + " memcached, or database with PostgreSQL)",
                      resolved));
    };
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

  private static SettingProblem problem(
      Setting<?> setting, String sentence, ResolvedSettings resolved) {
    return new SettingProblem(setting.name(), sentence, resolved.values().origin(setting));
  }

  /// The tiers that caches may have: those in use, and those that somebody says where to find, if
  /// the log guards them.
  static Set<TierChoice> open(ResolvedSettings resolved) {
    ResolvedSettings.Values values = resolved.values();
    Set<TierChoice> open = named(values);
    open.addAll(used(resolved).keySet());
    LogStorage log = log(resolved);
    open.removeIf(tier ->
        switch (log) {
          case MEMORY -> true;
          case FILE -> false;
          case REDIS -> !isShared(tier, values);
        });
    return open;
  }
}
