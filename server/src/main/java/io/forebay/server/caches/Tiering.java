package io.forebay.server.caches;

import io.forebay.cache.Cache;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Position;
import io.forebay.cache.tier.TieredCache;
import java.util.Optional;

/// Puts tiers behind caches.
public interface Tiering {

  /// Where a record would be, were there anything to write down.
  Position NOWHERE = new Position(0, 0);

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
        public LogOutcome deleted(String name) {
          return new LogOutcome.Kept(NOWHERE, NOWHERE);
        }
      };

  /// Whether caches may have it.
  boolean offers(TierChoice choice);

  /// Whether caches may write behind to it.
  default boolean offersWritingBehind(TierChoice choice) {
    return false;
  }

  /// The cache with its tier, if it has one.
  Optional<TieredCache<StoredValue>> behind(Cache<String, StoredValue> cache, CacheTraits traits);

  /// A cache of this name has been deleted: nothing that is left of it anywhere is valid.
  ///
  /// @return what became of the log's record of that
  LogOutcome deleted(String name);
}
