package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.onOff;

import java.time.Duration;
import java.util.List;

/// Warming, and the figures' history.
final class WarmingDeclarations {

  private WarmingDeclarations() {}

  static final Setting<Long> MAX_CONCURRENT_JOBS =
      Setting.of(
          "warming.max_concurrent_jobs",
          integer(1, 100),
          5L,
          "How many warming jobs run at one time; further ones wait.");

  static final Setting<Long> BATCH_SIZE =
      Setting.of(
          "warming.batch_size",
          integer(1, 10_000),
          100L,
          "How many keys or URLs of a warming job are loaded at one time at most.");

  static final Setting<Duration> TIMEOUT_OF_A_LOAD =
      Setting.of(
          "warming.timeout",
          TIMEOUT,
          Duration.ofSeconds(30),
          "How long loading one URL may take in a warming job.");

  static final Setting<Boolean> HISTORY_ENABLED =
      Setting.of(
          "history.enabled",
          onOff(),
          true,
          "Whether figures are sampled for GET /api/metrics/history, while compat.systems names"
              + " distributed_caching.");

  static final Setting<Duration> HISTORY_INTERVAL =
      Setting.of(
          "history.interval",
          duration(Duration.ofMillis(100), Duration.ofHours(1)),
          Duration.ofSeconds(5),
          "How often figures are sampled.");

  static final Setting<Long> HISTORY_MAX_SAMPLES =
      Setting.of(
          "history.max_samples",
          integer(10, 1_000_000),
          17_280L,
          "How many samples are kept in data.dir; the oldest go first. The default is a day.");

  static final List<Setting<?>> ALL =
      List.of(
          MAX_CONCURRENT_JOBS,
          BATCH_SIZE,
          TIMEOUT_OF_A_LOAD,
          HISTORY_ENABLED,
          HISTORY_INTERVAL,
          HISTORY_MAX_SAMPLES);

  static ServerSettings.Warming readWarming(ResolvedSettings.Values values) {
    return new ServerSettings.Warming(
        values.get(MAX_CONCURRENT_JOBS).intValue(),
        values.get(BATCH_SIZE).intValue(),
        values.get(TIMEOUT_OF_A_LOAD));
  }

  static ServerSettings.History readHistory(ResolvedSettings.Values values) {
    return new ServerSettings.History(
        values.get(HISTORY_ENABLED), values.get(HISTORY_INTERVAL), values.get(HISTORY_MAX_SAMPLES));
  }
}
