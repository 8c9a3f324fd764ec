package io.forebay.backends;

import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// One key of a tier, and texts as its values.
public final class TestingValues {

  public static final TierKey KEY = new TierKey("shop", "k");

  private TestingValues() {}

  public static TierKey key(String name) {
    return new TierKey("shop", name);
  }

  public static TierValue value(String text) {
    return value(text, Duration.ofHours(1));
  }

  public static TierValue value(String text, Duration life) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new TierValue("text", bytes, List.of(), Map.of(), Lifetime.of(life), new Position(1, 1));
  }

  public static TierWrite write(Tier tier, String text) {
    return tier.write(KEY, value(text), Precondition.NONE, 0);
  }

  public static FillStart.Ticket begin(Tier tier) {
    return ((FillStart.Granted) tier.beginFill(KEY, false)).ticket();
  }

  public static String read(Tier tier) {
    return read(tier, KEY);
  }

  public static String read(Tier tier, TierKey key) {
    return switch (tier.read(key)) {
      case TierRead.Found found -> new String(found.value().bytes(), StandardCharsets.UTF_8);
      case TierRead.Absent() -> "nothing";
      case TierRead.Unavailable(TierFailure failure) -> failure.kind().toString();
    };
  }

  public static String kind(TierWrite outcome) {
    return outcome instanceof TierWrite.Unavailable(TierFailure failure)
        ? failure.kind().toString()
        : outcome.getClass().getSimpleName();
  }
}
