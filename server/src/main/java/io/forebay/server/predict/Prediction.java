package io.forebay.server.predict;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A predicted lifetime, and from what.
///
/// @param ttl whole seconds, at least one
/// @param basis empty if another service said it, or none did
public record Prediction(String key, Duration ttl, Source source, Optional<Basis> basis) {

  /// Who said it.
  public enum Source {
    BUILT_IN,
    EXTERNAL,
    /// `prediction.fallback_ttl`: the other service did not answer.
    FALLBACK;

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// What the built-in predictor knew.
  ///
  /// @param keyClass the narrowest class of keys about which something was learned
  /// @param rate of change, in changes a second
  public record Basis(String keyClass, ChangeRate rate) {}

  /// As JSON. `sure` goes from 0, a guess, towards 1.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("key", key);
    members.put("ttl", ttl.toSeconds());
    members.put("source", source.text());
    basis.ifPresent(from -> {
      members.put("class", from.keyClass());
      members.put("sure", rounded(from.rate().sureness()));
      members.put("changes_per_hour", rounded(3600 * from.rate().mean()));
      members.put("changes_per_hour_low", rounded(3600 * from.rate().quantile(ChangeRate.Z_05)));
      members.put("changes_per_hour_high", rounded(3600 * from.rate().quantile(ChangeRate.Z_95)));
    });
    return members;
  }

  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
