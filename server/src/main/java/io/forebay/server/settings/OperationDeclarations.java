package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.FOLDER;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.onOff;

import java.time.Duration;
import java.util.List;

/// The process: its folder, its log, its end.
final class OperationDeclarations {

  private OperationDeclarations() {}

  static final Setting<String> DATA_DIR =
      Setting.of(
          "data.dir",
          FOLDER,
          "forebay-data",
          "The folder for what outlives a restart; made if missing. A relative path begins where"
              + " the server is started.");

  static final Setting<LogChoice> INVALIDATION_LOG =
      Setting.of(
          "invalidation.log",
          choice(LogChoice.class),
          LogChoice.AUTO,
          "Where the log of invalidations is kept: memory, which is enough while everything that is"
              + " cached ends with the process; file, in data.dir (an invalidation then waits"
              + " for the disk, and positions go on after a restart); or redis, which nodes share:"
              + " an invalidation on one is then in force on all. auto is memory while no cache has"
              + " a tier (file if requests may name tiers, see compat.systems); redis if redis.url"
              + " or invalidation.redis_url is set and nodes may share some tier in use; else"
              + " file.");

  static final Setting<LogFormat> LOG_FORMAT =
      Setting.of(
          "log.format",
          choice(LogFormat.class),
          LogFormat.AUTO,
          "How log lines look: auto is text on a terminal and json elsewhere.");

  static final Setting<Boolean> LOG_EXCHANGES =
      Setting.of(
          "log.exchanges", onOff(), true, "Whether each request writes one log line when it ends.");

  static final Setting<Duration> SHUTDOWN_GRACE =
      Setting.of(
          "shutdown.grace",
          duration(Duration.ZERO, Duration.ofHours(1)),
          Duration.ofSeconds(10),
          "How long requests under way may take to finish after the order to stop.");

  static final Setting<Boolean> RELOAD_ON_CHANGE =
      Setting.of(
          "config.reload_on_change",
          onOff(),
          false,
          "Whether the settings are read again when their file changes, besides on SIGHUP and POST"
              + " /v1/config:reload; it is looked at every two seconds.");

  static final List<Setting<?>> ALL =
      List.of(
          DATA_DIR, INVALIDATION_LOG, LOG_FORMAT, LOG_EXCHANGES, RELOAD_ON_CHANGE, SHUTDOWN_GRACE);

  static ServerSettings.Log readLog(ResolvedSettings.Values values) {
    return new ServerSettings.Log(values.get(LOG_FORMAT), values.get(LOG_EXCHANGES));
  }
}
