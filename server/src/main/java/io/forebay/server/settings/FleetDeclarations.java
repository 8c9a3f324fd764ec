package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.NAME;
import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.redisServer;

import io.forebay.backends.redis.FleetSettings;
import io.forebay.backends.redis.RedisServer;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.cache.Isolation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What nodes share: a Redis as tier and as log.
final class FleetDeclarations {

  private FleetDeclarations() {}

  static final Setting<Optional<RedisServer>> REDIS_URL =
      Setting.of(
              "redis.url",
              optional(redisServer()),
              Optional.<RedisServer>empty(),
              "The Redis (7.0 or newer) that lies behind caches whose tier is redis, and holds the"
                  + " log if invalidation.log is redis.")
          .asSecret();

  static final Setting<Optional<RedisServer>> INVALIDATION_REDIS_URL =
      Setting.of(
              "invalidation.redis_url",
              optional(redisServer()),
              Optional.<RedisServer>empty(),
              "Another Redis for the log alone; without it, redis.url.")
          .asSecret();

  static final Setting<String> REDIS_NAMESPACE =
      Setting.of(
          "redis.namespace",
          NAME,
          "forebay",
          "What names of keys in Redis begin with; the same on all nodes that share.");

  static final Setting<Duration> REDIS_DEADLINE =
      Setting.of(
          "redis.deadline",
          TIMEOUT,
          RedisSettings.DEFAULT_DEADLINE,
          "How long a request waits for the tier; then it goes on without.");

  static final Setting<Duration> REDIS_CONNECT_TIMEOUT =
      Setting.of(
          "redis.connect_timeout",
          TIMEOUT,
          RedisSettings.DEFAULT_CONNECT_TIMEOUT,
          "How long opening a connection to Redis may take, and how long the log is waited for.");

  static final Setting<Long> REDIS_MAX_CALLS =
      Setting.of(
          "redis.max_calls",
          integer(1, 100_000),
          (long) RedisSettings.DEFAULT_MAX_CALLS,
          "Calls to the tier under way at most; beyond it requests go on without.");

  static final Setting<Duration> REDIS_LONGEST_LIFE =
      Setting.of(
          "redis.longest_life",
          duration(Duration.ofSeconds(1), Duration.ofDays(365)),
          RedisSettings.DEFAULT_LONGEST_LIFE,
          "How long a value stays in Redis at most; invalidations of tags are remembered as long.");

  static final Setting<Duration> REDIS_LONGEST_FILL =
      Setting.of(
          "redis.longest_fill",
          duration(Duration.ofSeconds(1), Duration.ofHours(1)),
          RedisSettings.DEFAULT_LONGEST_FILL,
          "How long finding a value at its source may take for it to be kept in Redis; removals are"
              + " remembered there a little longer.");

  static final Setting<Duration> REDIS_LOAD_LEASE =
      Setting.of(
          "redis.load_lease",
          duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
          RedisSettings.DEFAULT_LOAD_LEASE,
          "How long a node may take to fetch a page that others wait for; then one of them asks the"
              + " origin too.");

  static final Setting<Boolean> REDIS_SURVIVES_RESTARTS =
      Setting.of(
          "redis.survives_restarts",
          onOff(),
          false,
          "Whether Redis keeps all that it acknowledged when it restarts (appendonly yes,"
              + " appendfsync always, no failover): then what it holds is trusted afterwards; else"
              + " a restart makes it, and with the log in it all memory too, as good as empty.");

  static final Setting<Optional<String>> NODE_NAME =
      Setting.of(
          "node.name",
          optional(NAME),
          Optional.empty(),
          "This node's name in receipts; without it, the host's name.");

  static final Setting<Duration> INVALIDATION_LEASE =
      Setting.of(
          "invalidation.lease",
          duration(Duration.ofMillis(500), Duration.ofMinutes(5)),
          FleetSettings.DEFAULT_LEASE,
          "The longest that a node may not know of an invalidation on another: past it, it is"
              + " suspect. A node that is gone is waited for as long. The same on all nodes.");

  static final Setting<Isolation.Behaviour> ON_ISOLATION =
      Setting.of(
          "invalidation.on_isolation",
          choice(Isolation.Behaviour.class),
          Isolation.Behaviour.REVALIDATE,
          "What a suspect node does with what it holds: revalidate takes it as stale, bypass does"
              + " not use it, short_ttl serves it for invalidation.isolation_grace more, serve goes"
              + " on.");

  static final Setting<Duration> ISOLATION_GRACE =
      Setting.of(
          "invalidation.isolation_grace",
          duration(Duration.ZERO, Duration.ofDays(1)),
          Duration.ofSeconds(30),
          "How long a suspect node serves on when invalidation.on_isolation is short_ttl.");

  static final List<Setting<?>> ALL =
      List.of(
          NODE_NAME,
          REDIS_URL,
          REDIS_NAMESPACE,
          REDIS_DEADLINE,
          REDIS_CONNECT_TIMEOUT,
          REDIS_MAX_CALLS,
          REDIS_LONGEST_LIFE,
          REDIS_LONGEST_FILL,
          REDIS_LOAD_LEASE,
          REDIS_SURVIVES_RESTARTS,
          INVALIDATION_REDIS_URL,
          INVALIDATION_LEASE,
          ON_ISOLATION,
          ISOLATION_GRACE);

  static ServerSettings.Fleet read(ResolvedSettings.Values values) {
    return new ServerSettings.Fleet(
        values.get(NODE_NAME),
        values.get(REDIS_URL).map(server -> redis(server, values)),
        values
            .get(INVALIDATION_REDIS_URL)
            .or(() -> values.get(REDIS_URL))
            .map(server -> redis(server, values)),
        values.get(INVALIDATION_LEASE),
        values.get(ON_ISOLATION),
        values.get(ISOLATION_GRACE));
  }

  private static RedisSettings redis(RedisServer server, ResolvedSettings.Values values) {
    return new RedisSettings(
        server,
        values.get(REDIS_NAMESPACE),
        values.get(REDIS_DEADLINE),
        values.get(REDIS_CONNECT_TIMEOUT),
        values.get(REDIS_MAX_CALLS).intValue(),
        values.get(REDIS_LONGEST_LIFE),
        values.get(REDIS_LONGEST_FILL),
        values.get(REDIS_LOAD_LEASE),
        values.get(REDIS_SURVIVES_RESTARTS));
  }
}
