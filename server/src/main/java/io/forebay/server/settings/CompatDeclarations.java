package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.onOff;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.server.compat.ForeignSystem;
import io.forebay.server.compat.ForeignSystem.Door;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Other systems whose clients are understood.
final class CompatDeclarations {

  private CompatDeclarations() {}

  static final Setting<List<String>> SYSTEMS =
      Setting.of(
          "compat.systems",
          listOf(
              text(
                  "one of " + String.join(", ", ForeignSystem.names()),
                  Pattern.compile(String.join("|", ForeignSystem.names())))),
          List.of(),
          "Other systems whose clients are understood: their routes, their ports, the environment"
              + " names that their texts print, and the file .env.");

  static final Setting<Long> CACHE_PORT =
      door("compat.cache_port", Door.CACHE, "chronocache and distrocache");

  static final Setting<Long> APPLICATION_PORT =
      door("compat.application_port", Door.APPLICATION, "cache_management, and the predictor");

  static final Setting<Long> INVALIDATION_PORT =
      door("compat.invalidation_port", Door.INVALIDATION, "distributed_caching");

  static final Setting<Long> WARMING_PORT =
      door("compat.warming_port", Door.WARMING, "distributed_caching");

  static final Setting<Long> MONITORING_PORT =
      door("compat.monitoring_port", Door.MONITORING, "distributed_caching");

  static final Setting<Long> DASHBOARD_PORT =
      door("compat.dashboard_port", Door.DASHBOARD, "distributed_caching");

  private static final Map<Door, Setting<Long>> DOORS =
      new EnumMap<>(
          Map.of(
              Door.CACHE, CACHE_PORT,
              Door.APPLICATION, APPLICATION_PORT,
              Door.INVALIDATION, INVALIDATION_PORT,
              Door.WARMING, WARMING_PORT,
              Door.MONITORING, MONITORING_PORT,
              Door.DASHBOARD, DASHBOARD_PORT));

  private static Setting<Long> door(String name, Door door, String systems) {
    return Setting.of(
        name,
        integer(0, 65_535),
        (long) door.printedPort(),
        "A further port of the API, at the host of api.listen, for clients of "
            + systems
            + "; 0 lets the system choose. Opened while compat.systems names one of them.");
  }

  static final Setting<Optional<Long>> MAX_ENTRIES =
      Setting.of(
          "compat.max_entries",
          optional(integer(1, Long.MAX_VALUE / 10)),
          Optional.empty(),
          "How many entries the cache `default`, which those clients use, may hold; without it,"
              + " what caches.default says.");

  static final Setting<Long> INVALIDATION_BATCH_SIZE =
      Setting.of(
          "compat.invalidation_batch_size",
          integer(1, 10_000),
          1_000L,
          "How many keys of distributed_caching's POST /api/invalidate are one operation of the"
              + " invalidation.");

  static final Setting<Boolean> METRICS =
      Setting.of(
          "compat.metrics",
          onOff(),
          true,
          "Whether GET /metrics also has the names that distrocache and distributed_caching print,"
              + " while compat.systems names them.");

  static final List<Setting<?>> ALL =
      Stream.concat(
              Stream.of(SYSTEMS),
              Stream.concat(
                  Stream.of(Door.values()).map(CompatDeclarations::of),
                  Stream.of(MAX_ENTRIES, INVALIDATION_BATCH_SIZE, METRICS)))
          .<Setting<?>>map(setting -> setting)
          .toList();

  static Setting<Long> of(Door door) {
    return java.util.Objects.requireNonNull(DOORS.get(door));
  }

  static ServerSettings.Compat read(ResolvedSettings.Values values) {
    Set<ForeignSystem> systems = ForeignSystem.named(values.get(SYSTEMS));
    Set<Door> open = EnumSet.noneOf(Door.class);
    systems.forEach(system -> open.addAll(system.doors()));
    Map<Door, Integer> ports = new EnumMap<>(Door.class);
    open.forEach(door -> ports.put(door, values.get(of(door)).intValue()));
    return new ServerSettings.Compat(
        systems,
        ports,
        values.get(MAX_ENTRIES),
        values.get(INVALIDATION_BATCH_SIZE).intValue(),
        values.get(METRICS));
  }
}
