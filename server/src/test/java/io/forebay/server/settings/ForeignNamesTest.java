package io.forebay.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.caches.TierChoice;
import io.forebay.server.compat.ForeignSystem;
import io.forebay.server.compat.ForeignSystem.Door;
import io.forebay.server.settings.SettingsReading.ShownSetting;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignNamesTest {

  private static final List<Assignment> ALL =
      List.of(Assignment.flag("--compat", "compat.systems", "all"));

  private static SettingsReading read(Map<String, String> environment, List<Assignment> flags) {
    return SettingsReader.read(new WrittenSettings(Optional.empty(), environment, flags));
  }

  private static SettingsReading.Accepted accepted(SettingsReading reading) {
    return switch (reading) {
      case SettingsReading.Accepted accepted -> accepted;
      case SettingsReading.Refused refused -> throw new AssertionError(refused);
    };
  }

  private static List<String> problems(SettingsReading reading) {
    return reading instanceof SettingsReading.Refused(var problems)
        ? problems.stream().map(SettingProblem::describe).toList()
        : List.of();
  }

  private static String shown(SettingsReading.Accepted accepted, String name) {
    return accepted.shown().stream()
        .filter(shown -> shown.name().equals(name))
        .map(shown -> shown.value() + " <- " + shown.origin().describe())
        .collect(Collectors.joining("; "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          CACHE_MANAGER_PORT          | 9500      | api.listen                   | 127.0.0.1:9500
          L1_CACHE_MAX_SIZE           | 10000     | compat.max_entries           | 10000
          L2_CACHE_DEFAULT_TTL        | 3600      | entries.default_ttl          | 1h
          CACHE_EVICTION_POLICY       | lru       | memory.eviction_policy       | lru
          INVALIDATION_PORT           | 9501      | compat.invalidation_port     | 9501
          INVALIDATION_BATCH_SIZE     | 500       | compat.invalidation_batch_size | 500
          INVALIDATION_AUDIT_ENABLED  | true      | audit.enabled                | on
          WARMING_PORT                | 9502      | compat.warming_port          | 9502
          WARMING_MAX_CONCURRENT_JOBS | 7         | warming.max_concurrent_jobs  | 7
          WARMING_BATCH_SIZE          | 50        | warming.batch_size           | 50
          MONITORING_PORT             | 9503      | compat.monitoring_port       | 9503
          METRICS_COLLECTION_INTERVAL | 5000      | history.interval             | 5s
          PROMETHEUS_ENABLED          | false     | compat.metrics               | off
          VITE_API_BASE               | http://localhost:9400/ | page.api_base   | http://localhost:9400/
          VITE_ENABLE_REALTIME        | false     | page.realtime                | off
          VITE_METRICS_POLL_INTERVAL  | 2500      | page.poll_interval           | 2500ms
          CACHE_STRATEGY              | LFU       | memory.eviction_policy       | lfu
          CACHE_BACKEND               | memory    | entries.tier                 | memory
          CACHE_BACKEND               | file      | entries.tier                 | file
          CACHE_STRATEGY              | write_through | entries.write_mode       | write_through
          CACHE_COMPRESSION_ENABLED   | true      | tiers.compression            | on
          CACHE_ENCRYPTION_ENABLED    | true      | tiers.own_encryption_key     | on
          CACHE_ENCRYPTION_ENABLED    | false     | tiers.own_encryption_key     | off
          MEMCACHED_URL               | memcached://localhost:11211 | memcached.url | (hidden)
          DATABASE_URL                | sqlite:///./cache.db        | database.url  | (hidden)
          CACHE_MAX_MEMORY            | 104857600 | memory.max_bytes             | 100MiB
          CACHE_MAX_ITEMS             | 10000     | compat.max_entries           | 10000
          CACHE_DEFAULT_TTL           | 300       | entries.default_ttl          | 5m
          CACHE_MAX_KEY_LENGTH        | 250       | entries.max_key_bytes        | 250
          CACHE_METRICS_ENABLED       | true      | compat.metrics               | on
          CACHE_ACCESS_LOG_ENABLED    | false     | log.exchanges                | off
          CACHE_PERFORMANCE_TRACKING  | true      | history.enabled              | on
          ALLOWED_ORIGINS | http://localhost:3000,https://yourdomain.com | api.allowed_origins | http://localhost:3000, https://yourdomain.com
          """)
  void aNameOfAnotherSystemSetsOurs(String variable, String value, String setting, String ours) {
    var accepted = accepted(read(Map.of(variable, value), ALL));
    assertThat(shown(accepted, setting)).isEqualTo(ours + " <- " + variable);
  }

  @ParameterizedTest
  @CsvSource({
    "CACHE_CLEANUP_INTERVAL,300",
    "REDIS_MAXMEMORY,512mb",
    "CACHE_SERIALIZATION_FORMAT,json",
    "DATABASE_URL,mysql://app@db/app",
    "MEMCACHED_URL,http://cache",
    "CACHE_AUTH_ENABLED,false",
    "CACHE_API_KEY,your_cache_api_key",
    "API_TOKEN_ADMIN,your_token_here",
  })
  void aNameThatNeedsNoSettingIsShownWithTheReason(String variable, String value) {
    assertThat(shown(accepted(read(Map.of(variable, value), ALL)), variable))
        .startsWith("(")
        .endsWith(") <- " + variable);
  }

  @Test
  void everyNameIsReadWithTheValueThatItsTextPrintsAllAtOnce() {
    Map<String, String> printed = new LinkedHashMap<>();
    """
    CACHE_MANAGER_PORT=9400
    L1_CACHE_MAX_SIZE=10000
    L2_CACHE_DEFAULT_TTL=3600
    CACHE_EVICTION_POLICY=lru
    INVALIDATION_PORT=9401
    INVALIDATION_BATCH_SIZE=1000
    INVALIDATION_AUDIT_ENABLED=true
    WARMING_PORT=9402
    WARMING_MAX_CONCURRENT_JOBS=5
    WARMING_BATCH_SIZE=100
    MONITORING_PORT=9403
    METRICS_COLLECTION_INTERVAL=5000
    PROMETHEUS_ENABLED=true
    POSTGRES_HOST=localhost
    POSTGRES_PASSWORD=changeme
    REDIS_HOST=localhost
    REDIS_MAXMEMORY=512mb
    API_TOKEN_ADMIN=your_token_here
    VITE_API_BASE=http://localhost:9400
    VITE_ENABLE_REALTIME=true
    VITE_METRICS_POLL_INTERVAL=5000
    CACHE_BACKEND=memory
    CACHE_STRATEGY=lru
    CACHE_MAX_MEMORY=104857600
    CACHE_MAX_ITEMS=10000
    CACHE_DEFAULT_TTL=3600
    CACHE_CLEANUP_INTERVAL=300
    REDIS_URL=redis://localhost:6379
    REDIS_DB=0
    MEMCACHED_URL=memcached://localhost:11211
    DATABASE_URL=sqlite:///./cache.db
    CACHE_COMPRESSION_ENABLED=false
    CACHE_ENCRYPTION_ENABLED=false
    CACHE_SERIALIZATION_FORMAT=json
    CACHE_MAX_KEY_LENGTH=250
    CACHE_METRICS_ENABLED=true
    CACHE_ACCESS_LOG_ENABLED=true
    CACHE_PERFORMANCE_TRACKING=true
    CACHE_AUTH_ENABLED=false
    CACHE_API_KEY=your_cache_api_key
    ALLOWED_ORIGINS=http://localhost:3000,https://yourdomain.com
    """
        .lines()
        .forEach(line -> printed.put(line.split("=", 2)[0], line.split("=", 2)[1]));
    printed.put("REDIS_PASSWORD", "");
    var accepted = accepted(read(printed, ALL));
    assertThat(printed.keySet())
        .containsExactlyInAnyOrderElementsOf(
            ForeignNames.ALL.stream().map(ForeignName::variable).toList());
    assertThat(accepted.settings().entries().defaultTtl()).isEqualTo(Duration.ofHours(1));
    assertThat(accepted.settings().tokens()).isEmpty();
    assertThat(accepted.settings().fleet().tierRedis()).isPresent();
    assertThat(accepted.settings().tiers().open())
        .as("what requests may name")
        .containsExactlyInAnyOrder(TierChoice.REDIS, TierChoice.MEMCACHED, TierChoice.DATABASE);
    assertThat(accepted.settings().invalidationLog()).isEqualTo(LogStorage.FILE);
    assertThat(accepted.settings().tiers().isCompressing()).isFalse();
    assertThat(accepted.settings().tiers().isEncrypting()).isFalse();
    assertThat(accepted.settings().audit().database().orElseThrow().jdbcUrl())
        .isEqualTo("jdbc:postgresql://localhost:5432/postgres");
  }

  @Test
  void aBackendThatHasToBeUsedHasToBeOfUse() {
    var wrong = Map.of("CACHE_BACKEND", "database", "DATABASE_URL", "mysql://app@db/app");
    assertThat(problems(read(wrong, ALL)))
        .singleElement()
        .asString()
        .startsWith("DATABASE_URL: database.url: expected a database: sqlite:");
  }

  @Test
  void theyMeanNothingWhileNoSystemIsNamed() {
    var accepted = accepted(read(Map.of("CACHE_DEFAULT_TTL", "5", "WARMING_PORT", "x"), List.of()));
    assertThat(accepted.settings().entries().defaultTtl()).isEqualTo(Duration.ofHours(1));
    assertThat(accepted.settings().compat().ports()).isEmpty();
  }

  @Test
  void ourOwnNamesAndFlagsAreOverThem() {
    var environment =
        Map.of(
            "FOREBAY_COMPAT_SYSTEMS", "distrocache",
            "CACHE_DEFAULT_TTL", "5",
            "FOREBAY_ENTRIES_DEFAULT_TTL", "6s",
            "CACHE_MAX_KEY_LENGTH", "100");
    var accepted =
        accepted(
            read(environment, List.of(Assignment.flag("--set", "entries.max_key_bytes", "101"))));
    assertThat(accepted.settings().entries().defaultTtl()).isEqualTo(Duration.ofSeconds(6));
    assertThat(accepted.settings().entries().maxKeyBytes()).isEqualTo(101);
    assertThat(accepted.settings().compat().systems()).containsExactly(ForeignSystem.DISTROCACHE);
    assertThat(accepted.settings().compat().ports()).containsOnlyKeys(Door.CACHE);
  }

  @Test
  void whatKubernetesPutsThereIsPassedOver() {
    var accepted = accepted(read(Map.of("WARMING_PORT", "tcp://10.0.0.1:80"), ALL));
    assertThat(accepted.settings().compat().ports()).containsEntry(Door.WARMING, 9402);
  }

  @Test
  void aWrongValueIsRefusedWithItsPlace() {
    assertThat(problems(read(Map.of("CACHE_DEFAULT_TTL", "soon"), ALL)))
        .containsExactly(
            "CACHE_DEFAULT_TTL: CACHE_DEFAULT_TTL: expected a whole number, but found \"soon\"");
    assertThat(problems(read(Map.of("CACHE_STRATEGY", "random"), ALL)))
        .singleElement()
        .asString()
        .contains("one of lru, lfu, fifo, ttl, write_through, write_behind");
  }

  @Test
  void aFileOfVariablesLiesUnderTheEnvironmentAndKnowsItsLines() {
    var file =
        new WrittenSettings.File(
            ".env",
            """
            # as the texts print it
            CACHE_DEFAULT_TTL=10   # seconds
            export CACHE_MAX_KEY_LENGTH="120"

            CACHE_MAX_ITEMS=5
            SOMETHING_ELSE=1
            """);
    var accepted =
        accepted(
            SettingsReader.read(
                new WrittenSettings(
                    Optional.empty(), Optional.of(file), Map.of("CACHE_MAX_ITEMS", "6"), ALL)));
    assertThat(shown(accepted, "entries.default_ttl")).isEqualTo("10s <- .env:2 CACHE_DEFAULT_TTL");
    assertThat(shown(accepted, "entries.max_key_bytes")).startsWith("120 <- .env:3");
    assertThat(shown(accepted, "compat.max_entries")).isEqualTo("6 <- CACHE_MAX_ITEMS");
    var broken = new WrittenSettings.File(".env", "no assignment");
    assertThat(
            problems(
                SettingsReader.read(
                    new WrittenSettings(Optional.empty(), Optional.of(broken), Map.of(), ALL))))
        .containsExactly(".env:1:1: expected NAME=value, but found \"no assignment\"");
  }

  @Test
  void aTokenOfAnotherSystemBecomesOneOfOursAndItsPlaceholderDoesNot() {
    var accepted = accepted(read(Map.of("API_TOKEN_ADMIN", "s3cret"), ALL));
    assertThat(accepted.settings().tokens())
        .singleElement()
        .satisfies(token -> {
          assertThat(token.name()).isEqualTo("api_token_admin");
          assertThat(token.roles()).containsExactly("admin");
        });
    assertThat(accepted.shown())
        .extracting(ShownSetting::value)
        .noneMatch(value -> value.contains("s3cret"));
    assertThat(problems(read(Map.of("CACHE_AUTH_ENABLED", "true"), ALL)))
        .singleElement()
        .asString()
        .contains("CACHE_API_KEY");
  }

  @Test
  void redisIsPutTogetherFromItsParts() {
    var accepted =
        accepted(
            read(
                Map.of("REDIS_URL", "redis://cache:6379", "REDIS_DB", "2", "REDIS_PASSWORD", "p w"),
                ALL));
    assertThat(accepted.settings().fleet().tierRedis().orElseThrow().server().toString())
        .contains("cache:6379/2")
        .doesNotContain("p%20w");
  }
}
