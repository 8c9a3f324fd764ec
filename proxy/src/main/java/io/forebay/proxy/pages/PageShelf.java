package io.forebay.proxy.pages;

import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.LoadToken;
import io.forebay.cache.Precondition;
import io.forebay.cache.WriteOutcome;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.TieredLoad;
import io.forebay.cache.tier.TieredWrite;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where pages lie: in a cache, which may have a tier behind it that other nodes share.
final class PageShelf {

  private final Cache<String, Page> cache;
  private final @Nullable TieredCache<Page> tiered;

  PageShelf(Cache<String, Page> cache, Optional<TieredCache<Page>> tiered) {
    this.cache = cache;
    this.tiered = tiered.orElse(null);
  }

  boolean hasTier() {
    return tiered != null;
  }

  /// Counts as a read; waits for the tier if the cache has nothing fresh.
  @Nullable Entry<String, Page> get(String key) {
    return tiered == null ? cache.get(key) : tiered.get(key);
  }

  /// A load of one key.
  record Opening(LoadToken<String> token, @Nullable TieredLoad load) {}

  Opening begin(String key) {
    if (tiered == null) {
      return new Opening(cache.beginLoad(key), null);
    }
    TieredLoad load = tiered.beginLoad(key);
    return new Opening(load.token(), load);
  }

  WriteOutcome complete(Opening opening, Draft<Page> draft) {
    return tiered == null || opening.load == null
        ? cache.complete(opening.token, draft)
        : tiered.complete(opening.load, draft);
  }

  void abandon(Opening opening) {
    if (tiered == null || opening.load == null) {
      opening.token.abandon();
    } else {
      tiered.abandon(opening.load);
    }
  }

  /// @return whether the precondition held
  boolean put(String key, Draft<Page> draft, Precondition precondition) {
    if (tiered == null) {
      return !(cache.put(key, draft, precondition) instanceof WriteOutcome.PreconditionFailed);
    }
    return switch (tiered.put(key, draft, precondition)) {
      case TieredWrite.PreconditionFailed _ -> {
        var _ = cache.remove(key, Precondition.NONE); // what is here is not what is there
        yield false;
      }
      case TieredWrite.Unavailable _ ->
          !(cache.put(key, draft, Precondition.NONE) instanceof WriteOutcome.PreconditionFailed);
      case TieredWrite.Stored _, TieredWrite.Unannounced _, TieredWrite.Refused _ -> true;
    };
  }

  /// This node's turn to load something; at once if nodes do not take turns.
  Optional<PageStore.Turn> turn(String place, Duration patience) {
    if (tiered == null) {
      return Optional.of(PageStore.Turn.NONE);
    }
    return tiered
        .turn(place, patience)
        .map(taken -> new PageStore.Turn(taken.turn(), taken.waited(), taken.otherWasLost()));
  }
}
