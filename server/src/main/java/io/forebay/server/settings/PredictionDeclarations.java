package io.forebay.server.settings;

import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.parsed;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Predicted lifetimes.
final class PredictionDeclarations {

  private PredictionDeclarations() {}

  private static final Duration LONGEST = Duration.ofDays(365);

  static final Setting<Optional<URI>> URL =
      Setting.of(
          "prediction.url",
          optional(
              parsed(
                  "an http or https URL, such as http://127.0.0.1:8000/predict",
                  PredictionDeclarations::url,
                  URI::toString)),
          Optional.empty(),
          "The service that predicts lifetimes: it gets {\"key\": …} by POST and answers JSON with"
              + " ttl, in seconds. Without it, Forebay's own predictor does.");

  static final Setting<Duration> DEADLINE =
      Setting.of(
          "prediction.deadline",
          duration(Duration.ofMillis(1), Duration.ofSeconds(30)),
          Duration.ofMillis(250),
          "How long prediction.url may take; then prediction.fallback_ttl is used.");

  static final Setting<Duration> FALLBACK_TTL =
      Setting.of(
          "prediction.fallback_ttl",
          duration(Duration.ofSeconds(1), LONGEST),
          Duration.ofSeconds(60),
          "The lifetime when prediction.url does not answer in time, or not with one.");

  static final Setting<Duration> FIRST_TTL =
      Setting.of(
          "prediction.first_ttl",
          duration(Duration.ofSeconds(1), LONGEST),
          Duration.ofSeconds(60),
          "The lifetime that is predicted before anything was learned.");

  static final Setting<Duration> MIN_TTL =
      Setting.of(
          "prediction.min_ttl",
          duration(Duration.ofSeconds(1), LONGEST),
          Duration.ofSeconds(1),
          "The shortest predicted lifetime.");

  static final Setting<Duration> MAX_TTL =
      Setting.of(
          "prediction.max_ttl",
          duration(Duration.ofSeconds(1), LONGEST),
          Duration.ofDays(1),
          "The longest predicted lifetime.");

  static final Setting<Long> STALE_PERCENT =
      Setting.of(
          "prediction.stale_percent",
          integer(1, 90),
          10L,
          "Of how many values in a hundred the predictor lets it come to it that they changed"
              + " before their lifetime ended; less makes shorter lifetimes.");

  static final List<Setting<?>> ALL =
      List.of(URL, DEADLINE, FALLBACK_TTL, FIRST_TTL, MIN_TTL, MAX_TTL, STALE_PERCENT);

  private static Optional<URI> url(String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return http && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  static ServerSettings.Prediction read(ResolvedSettings.Values values) {
    return new ServerSettings.Prediction(
        values.get(URL),
        values.get(DEADLINE),
        values.get(FALLBACK_TTL),
        values.get(FIRST_TTL),
        values.get(MIN_TTL),
        values.get(MAX_TTL),
        values.get(STALE_PERCENT) / 100.0);
  }
}
