package io.forebay.cache.tier;

import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import java.util.List;
import java.util.Map;

/// What lies in a tier: bytes, and everything that has to travel with them.
///
/// @param type what the bytes are, for [TierCodec]
/// @param bytes not copied; nobody changes them
/// @param lifetime counted from when the tier stored it, by the tier's clock
/// @param loadBegan where in the log its load began
@SuppressWarnings("ArrayRecordComponent") // values are compared by nobody
public record TierValue(
    String type,
    byte[] bytes,
    List<String> tags,
    Map<String, String> metadata,
    Lifetime lifetime,
    Position loadBegan) {

  public TierValue {
    tags = List.copyOf(tags);
    metadata = Map.copyOf(metadata);
  }

  /// Without the content: this may end up in a log.
  @Override
  public String toString() {
    return "TierValue[" + bytes.length + " bytes, " + type + ", " + loadBegan + "]";
  }
}
