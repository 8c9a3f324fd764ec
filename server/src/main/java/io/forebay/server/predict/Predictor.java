package io.forebay.server.predict;

import io.forebay.server.caches.StoredValue;
import java.util.Optional;

/// Says how long a value will probably be right. Thread-safe; may wait, within its deadline.
@FunctionalInterface
public interface Predictor {

  /// @param value empty if it is not known yet
  Prediction predict(String key, Optional<StoredValue> value);
}
