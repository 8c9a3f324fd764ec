package io.forebay.server.caches;

import io.forebay.cache.Cache;
import io.forebay.cache.tier.TieredCache;
import java.util.Optional;

/// Puts tiers behind caches.
public interface Tiering {

  /// Puts none.
  Tiering NONE =
      new Tiering() {
        @Override
        public Optional<TieredCache<StoredValue>> behind(
            Cache<String, StoredValue> cache, CacheTraits traits) {
          return Optional.empty();
        }

        @Override
        public boolean offers(TierChoice choice) {
          return choice == TierChoice.NONE;
        }

        @Override
        public void deleted(NamedCache gone) {}
      };

  /// Whether caches may have it.
  boolean offers(TierChoice choice);

  /// Whether caches may write behind to it.
  default boolean offersWritingBehind(TierChoice choice) {
    return false;
  }

  /// The cache with its tier, if it has one.
  Optional<TieredCache<StoredValue>> behind(Cache<String, StoredValue> cache, CacheTraits traits);

  /// A cache has been deleted.
  void deleted(NamedCache gone);
}
