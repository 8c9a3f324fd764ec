package io.forebay.server.caches;

import io.forebay.cache.tier.TierCodec;
import java.time.Duration;
import java.util.Optional;

/// Stored values in tiers: their media type is the tier's type, behind a mark of the format.
public final class StoredValueCodec implements TierCodec<StoredValue> {

  private static final String MARK = "value/1 ";

  @Override
  public Encoded encode(StoredValue value) {
    return new Encoded(MARK + value.contentType(), value.bytes());
  }

  @Override
  public Optional<StoredValue> decode(String type, byte[] bytes, Duration age) {
    return type.startsWith(MARK)
        ? Optional.of(new StoredValue(bytes, type.substring(MARK.length())))
        : Optional.empty();
  }
}
