package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.CAPACITY;
import static io.forebay.server.settings.CommonTypes.LIFETIME;
import static io.forebay.server.settings.SettingTypes.byteSize;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.cache.policy.EvictionPolicies;
import io.forebay.cache.policy.HitObjective;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Keys and values, memory, and the caches that exist from the start.
final class CacheDeclarations {

  private CacheDeclarations() {}

  static final Setting<Long> ENTRIES_MAX_KEY_BYTES =
      Setting.of(
          "entries.max_key_bytes", integer(1, 4096), 250L, "The longest key, in bytes of UTF-8.");

  static final Setting<ByteSize> ENTRIES_MAX_VALUE_BYTES =
      Setting.of(
          "entries.max_value_bytes",
          byteSize(new ByteSize(1), ByteSize.ofMebibytes(1024)),
          ByteSize.ofMebibytes(8),
          "The largest value.");

  static final Setting<Duration> ENTRIES_DEFAULT_TTL =
      Setting.of(
          "entries.default_ttl",
          LIFETIME,
          Duration.ofHours(1),
          "How long an entry is fresh when neither its writer nor its cache says so.");

  static final Setting<ByteSize> MEMORY_MAX_BYTES =
      Setting.of(
          "memory.max_bytes",
          CAPACITY,
          ByteSize.ofMebibytes(256),
          "What all caches of this node may weigh together, pages included; the launcher derives"
              + " the JVM's heap from it.");

  static final Setting<String> MEMORY_EVICTION_POLICY =
      Setting.of(
          "memory.eviction_policy",
          evictionPolicy(),
          EvictionPolicies.names().getFirst(),
          "What leaves first when memory is full, for pages and for caches that do not say; auto"
              + " learns it.");

  static final Setting<HitObjective> MEMORY_EVICTION_OBJECTIVE =
      Setting.of(
          "memory.eviction_objective",
          choice(HitObjective.class),
          HitObjective.OBJECTS,
          "What auto maximizes: objects, the share of requests that hit, or bytes, the share of"
              + " requested bytes that hit.");

  static final Setting<Boolean> MEMORY_WHAT_IF =
      Setting.of(
          "memory.what_if",
          onOff(),
          false,
          "Whether pages, and caches that do not say, find out what hit ratio other sizes and"
              + " policies would have (GET /v1/caches/{cache}/what-if); costs up to 12 MB a"
              + " cache.");

  static final Setting<Optional<ByteSize>> CACHE_MAX_BYTES =
      Setting.of(
          "max_bytes",
          optional(CAPACITY),
          Optional.empty(),
          "What its entries may weigh; without it, memory.max_bytes.");

  static final Setting<Optional<Long>> CACHE_MAX_ENTRIES =
      Setting.of(
          "max_entries",
          optional(integer(1, Long.MAX_VALUE / 10)),
          Optional.empty(),
          "How many entries it may hold; without it, any number.");

  static final Setting<Optional<Duration>> CACHE_DEFAULT_TTL =
      Setting.of(
          "default_ttl",
          optional(LIFETIME),
          Optional.empty(),
          "How long an entry is fresh when its writer does not say; without it,"
              + " entries.default_ttl.");

  static final Setting<Optional<String>> CACHE_EVICTION_POLICY =
      Setting.of(
          "eviction_policy",
          optional(evictionPolicy()),
          Optional.empty(),
          "What leaves first when it is full; without it, memory.eviction_policy.");

  static final Setting<Optional<HitObjective>> CACHE_EVICTION_OBJECTIVE =
      Setting.of(
          "eviction_objective",
          optional(choice(HitObjective.class)),
          Optional.empty(),
          "What auto maximizes in it; without it, memory.eviction_objective.");

  static final Setting<Optional<Boolean>> CACHE_WHAT_IF =
      Setting.of(
          "what_if",
          optional(onOff()),
          Optional.empty(),
          "Whether it answers what-if; without it, memory.what_if.");

  static final SettingGroup CACHES =
      new SettingGroup(
          "caches",
          SettingGroup.Shape.MAP,
          List.of(
              CACHE_MAX_BYTES,
              CACHE_MAX_ENTRIES,
              CACHE_DEFAULT_TTL,
              CACHE_EVICTION_POLICY,
              CACHE_EVICTION_OBJECTIVE,
              CACHE_WHAT_IF,
              TierDeclarations.CACHE_TIER,
              TierDeclarations.CACHE_WRITE_MODE),
          "Caches that exist from the start, by name; `default` always exists.",
          """
          caches:
            sessions:
              max_bytes: 64MiB
              default_ttl: 20m
          """);

  static final List<Setting<?>> ALL =
      List.of(
          ENTRIES_MAX_KEY_BYTES,
          ENTRIES_MAX_VALUE_BYTES,
          ENTRIES_DEFAULT_TTL,
          MEMORY_MAX_BYTES,
          MEMORY_EVICTION_POLICY,
          MEMORY_EVICTION_OBJECTIVE,
          MEMORY_WHAT_IF);

  private static SettingType<String> evictionPolicy() {
    String names = String.join("|", EvictionPolicies.names());
    return text("one of " + names.replace("|", ", "), Pattern.compile(names));
  }

  static ServerSettings.Entries readEntries(ResolvedSettings.Values values) {
    return new ServerSettings.Entries(
        values.get(ENTRIES_MAX_KEY_BYTES).intValue(),
        values.get(ENTRIES_MAX_VALUE_BYTES),
        values.get(ENTRIES_DEFAULT_TTL));
  }

  static ServerSettings.Memory readMemory(ResolvedSettings.Values values) {
    return new ServerSettings.Memory(
        values.get(MEMORY_MAX_BYTES),
        values.get(MEMORY_EVICTION_POLICY),
        values.get(MEMORY_EVICTION_OBJECTIVE),
        values.get(MEMORY_WHAT_IF));
  }

  static ServerSettings.CacheDeclaration read(ResolvedSettings.Item item) {
    return new ServerSettings.CacheDeclaration(
        item.name(),
        item.fields().get(CACHE_MAX_BYTES),
        item.fields().get(CACHE_MAX_ENTRIES),
        item.fields().get(CACHE_DEFAULT_TTL),
        item.fields().get(CACHE_EVICTION_POLICY),
        item.fields().get(CACHE_EVICTION_OBJECTIVE),
        item.fields().get(CACHE_WHAT_IF),
        item.fields().get(TierDeclarations.CACHE_TIER),
        item.fields().get(TierDeclarations.CACHE_WRITE_MODE));
  }
}
