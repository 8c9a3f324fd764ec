package io.forebay.server.predict;

import io.forebay.server.caches.StoredValue;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Counts predictions by who made them.
public final class CountedPredictor implements Predictor {

  private final Predictor predictor;
  private final Map<Prediction.Source, LongAdder> made = new EnumMap<>(Prediction.Source.class);

  public CountedPredictor(Predictor predictor) {
    this.predictor = predictor;
    for (Prediction.Source source : Prediction.Source.values()) {
      made.put(source, new LongAdder());
    }
  }

  @Override
  public Prediction predict(String key, Optional<StoredValue> value) {
    Prediction prediction = predictor.predict(key, value);
    Objects.requireNonNull(made.get(prediction.source())).increment();
    return prediction;
  }

  public long made(Prediction.Source source) {
    return Objects.requireNonNull(made.get(source)).sum();
  }
}
