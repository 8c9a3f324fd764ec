package io.forebay.server.predict;

import io.forebay.server.caches.StoredValue;
import java.time.Duration;
import java.util.Optional;

/// Predicts from what was learned: the lifetime within which no more than the permitted share of
/// values changes, between the bounds.
public final class LearningPredictor implements Predictor {

  private final ChangeLearning learning;
  private final Duration shortest;
  private final Duration longest;
  private final double share;

  public LearningPredictor(
      ChangeLearning learning, Duration shortest, Duration longest, double share) {
    this.learning = learning;
    this.shortest = shortest;
    this.longest = longest;
    this.share = share;
  }

  @Override
  public Prediction predict(String key, Optional<StoredValue> value) {
    Prediction.Basis basis = learning.basis(key, value);
    double seconds = basis.rate().secondsUntil(share);
    return new Prediction(
        key, bounded(seconds, shortest, longest), Prediction.Source.BUILT_IN, Optional.of(basis));
  }

  /// Whole seconds, at least one.
  static Duration bounded(double seconds, Duration shortest, Duration longest) {
    double within =
        Math.min(Math.max(seconds, shortest.toMillis() / 1000.0), longest.toMillis() / 1000.0);
    return Duration.ofSeconds(Math.max(1, Math.round(within)));
  }
}
