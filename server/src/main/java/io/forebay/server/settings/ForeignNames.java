package io.forebay.server.settings;

import static io.forebay.server.settings.ForeignName.sets;

import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.server.settings.ForeignName.Meaning;
import io.forebay.server.settings.ForeignName.Said;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Every environment name that the texts of the other systems print, each once. `docs/matrix.md`
/// says on which line.
final class ForeignNames {

  private ForeignNames() {}

  private static final String ON = "on";
  private static final Set<String> EVICTIONS = Set.of("lru", "lfu", "fifo", "ttl");
  private static final Set<String> PLACEHOLDERS = Set.of("your_token_here", "your_cache_api_key");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(kb|mb|gb)?");

  /// In the order of the matrix.
  static final List<ForeignName> ALL =
      List.of(
          // The Distributed Caching and Cache Invalidation System.
          new ForeignName("CACHE_MANAGER_PORT", number("api.listen", "127.0.0.1:", "")),
          new ForeignName("L1_CACHE_MAX_SIZE", number("compat.max_entries", "", "")),
          new ForeignName("L2_CACHE_DEFAULT_TTL", number("entries.default_ttl", "", "s")),
          new ForeignName(
              "CACHE_EVICTION_POLICY", (value, _) -> sets("memory.eviction_policy", lower(value))),
          new ForeignName("INVALIDATION_PORT", number("compat.invalidation_port", "", "")),
          new ForeignName(
              "INVALIDATION_BATCH_SIZE", number("compat.invalidation_batch_size", "", "")),
          new ForeignName("INVALIDATION_AUDIT_ENABLED", as("audit.enabled")),
          new ForeignName("WARMING_PORT", number("compat.warming_port", "", "")),
          new ForeignName(
              "WARMING_MAX_CONCURRENT_JOBS", number("warming.max_concurrent_jobs", "", "")),
          new ForeignName("WARMING_BATCH_SIZE", number("warming.batch_size", "", "")),
          new ForeignName("MONITORING_PORT", number("compat.monitoring_port", "", "")),
          new ForeignName("METRICS_COLLECTION_INTERVAL", number("history.interval", "", "ms")),
          new ForeignName("PROMETHEUS_ENABLED", as("compat.metrics")),
          new ForeignName("POSTGRES_HOST", ForeignNames::postgres),
          new ForeignName("POSTGRES_PASSWORD", partOf("POSTGRES_HOST")),
          new ForeignName("REDIS_HOST", ForeignNames::redisHost),
          new ForeignName("REDIS_MAXMEMORY", ForeignNames::redisMemory),
          new ForeignName("API_TOKEN_ADMIN", (value, _) -> token("api_token_admin", value)),
          new ForeignName("VITE_API_BASE", as("page.api_base")),
          new ForeignName("VITE_ENABLE_REALTIME", as("page.realtime")),
          new ForeignName("VITE_METRICS_POLL_INTERVAL", number("page.poll_interval", "", "ms")),
          // The Cache Management API.
          new ForeignName("CACHE_BACKEND", (value, _) -> backend(lower(value))),
          new ForeignName("CACHE_STRATEGY", (value, _) -> strategy(lower(value))),
          new ForeignName("CACHE_MAX_MEMORY", number("memory.max_bytes", "", "B")),
          new ForeignName("CACHE_MAX_ITEMS", number("compat.max_entries", "", "")),
          new ForeignName("CACHE_DEFAULT_TTL", number("entries.default_ttl", "", "s")),
          new ForeignName(
              "CACHE_CLEANUP_INTERVAL",
              (value, _) ->
                  NUMBER.matcher(value).matches()
                      ? new Said.Nothing("expired entries leave within a second of their end")
                      : new Said.Wrong("a whole number")),
          new ForeignName("REDIS_URL", ForeignNames::redisUrl),
          new ForeignName("REDIS_DB", partOf("REDIS_URL or REDIS_HOST")),
          new ForeignName("REDIS_PASSWORD", partOf("REDIS_URL or REDIS_HOST")),
          new ForeignName(
              "MEMCACHED_URL",
              ofBackend(
                  "memcached", "memcached.url", url -> MemcachedServers.parse(url).isPresent())),
          new ForeignName(
              "DATABASE_URL",
              ofBackend("database", "database.url", url -> DatabaseUrl.parse(url).isPresent())),
          new ForeignName("CACHE_COMPRESSION_ENABLED", as("tiers.compression")),
          new ForeignName("CACHE_ENCRYPTION_ENABLED", as("tiers.own_encryption_key")),
          new ForeignName(
              "CACHE_SERIALIZATION_FORMAT",
              (value, _) ->
                  lower(value).equals("json")
                      ? new Said.Nothing("values that are no text are JSON in any case")
                      : new Said.Wrong("json")),
          new ForeignName("CACHE_MAX_KEY_LENGTH", number("entries.max_key_bytes", "", "")),
          new ForeignName("CACHE_METRICS_ENABLED", as("compat.metrics")),
          new ForeignName("CACHE_ACCESS_LOG_ENABLED", as("log.exchanges")),
          new ForeignName("CACHE_PERFORMANCE_TRACKING", as("history.enabled")),
          new ForeignName("CACHE_AUTH_ENABLED", ForeignNames::cacheAuth),
          new ForeignName("CACHE_API_KEY", partOf("CACHE_AUTH_ENABLED")),
          new ForeignName(
              "ALLOWED_ORIGINS", (value, _) -> sets("api.allowed_origins", value.strip())));

  private static String lower(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }

  private static Meaning number(String setting, String before, String after) {
    return (value, _) ->
        NUMBER.matcher(value.strip()).matches()
            ? sets(setting, before + value.strip() + after)
            : new Said.Wrong("a whole number");
  }

  private static Meaning as(String setting) {
    return (value, _) -> sets(setting, value);
  }

  private static Meaning partOf(String other) {
    return (_, _) -> new Said.Nothing("belongs to " + other);
  }

  private static Said postgres(String host, Map<String, String> all) {
    String password = all.getOrDefault("POSTGRES_PASSWORD", "");
    String user = all.getOrDefault("POSTGRES_USER", "postgres");
    return sets(
        "audit.url",
        "postgres://"
            + encoded(user)
            + (password.isEmpty() ? "" : ":" + encoded(password))
            + "@"
            + host
            + ":"
            + all.getOrDefault("POSTGRES_PORT", "5432")
            + "/"
            + all.getOrDefault("POSTGRES_DB", "postgres"));
  }

  /// What another name says of the Redis is not said twice.
  private static Said redisHost(String host, Map<String, String> all) {
    return all.getOrDefault("REDIS_URL", "").isEmpty()
        ? redisUrl("redis://" + host + ":6379", all)
        : new Said.Nothing("REDIS_URL says it");
  }

  private static Said redisUrl(String url, Map<String, String> all) {
    String password = all.getOrDefault("REDIS_PASSWORD", "");
    String database = all.getOrDefault("REDIS_DB", "");
    String full = url.strip();
    int authority = full.indexOf("://") + 3;
    if (!password.isEmpty() && authority > 2 && full.indexOf('@') < 0) {
      full =
          full.substring(0, authority) + ":" + encoded(password) + "@" + full.substring(authority);
    }
    if (!database.isEmpty() && authority > 2 && full.indexOf('/', authority) < 0) {
      full += "/" + database;
    }
    return sets("redis.url", full);
  }

  private static Said redisMemory(String value, Map<String, String> all) {
    return SIZE.matcher(lower(value)).matches()
        ? new Said.Nothing("for the Redis server itself")
        : new Said.Wrong("a size as Redis writes it, such as 512mb");
  }

  private static Said backend(String name) {
    return switch (name) {
      case "memory", "memcached", "database", "file" -> sets("entries.tier", name);
      case "redis" -> sets("entries.tier", "redis", "invalidation.log", "redis");
      default -> new Said.Wrong("one of memory, redis, memcached, database, file");
    };
  }

  /// Where a backend is, for requests that name it, and for all if it is the one in use. Such names
  /// are common: what is of no use here is an error only if it has to be used.
  private static Meaning ofBackend(String backend, String setting, Predicate<String> isOfUse) {
    return (url, all) ->
        isOfUse.test(url.strip()) || lower(all.getOrDefault("CACHE_BACKEND", "")).equals(backend)
            ? sets(setting, url.strip())
            : new Said.Nothing("nothing that can be the backend " + backend);
  }

  private static Said strategy(String name) {
    if (EVICTIONS.contains(name)) {
      return sets("memory.eviction_policy", name);
    }
    return switch (name) {
      case "write_through", "write_behind" -> sets("entries.write_mode", name);
      default -> new Said.Wrong("one of lru, lfu, fifo, ttl, write_through, write_behind");
    };
  }

  private static Said cacheAuth(String value, Map<String, String> all) {
    return switch (lower(value)) {
      case "false", "off", "no" -> new Said.Nothing("off");
      case "true", ON, "yes" -> {
        String key = all.getOrDefault("CACHE_API_KEY", "");
        yield key.isEmpty() || PLACEHOLDERS.contains(key)
            ? new Said.Wrong("a key of your own in CACHE_API_KEY")
            : token("cache_api_key", key);
      }
      default -> new Said.Wrong("true or false");
    };
  }

  /// The text's placeholder is nobody's secret, so it must not become one.
  private static Said token(String name, String secret) {
    return PLACEHOLDERS.contains(secret)
        ? new Said.Nothing("the placeholder of the text: no token")
        : sets(
            "access.tokens",
            "[{name: " + name + ", roles: [admin], sha256: " + sha256(secret) + "}]");
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
