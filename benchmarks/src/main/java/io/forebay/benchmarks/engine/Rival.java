package io.forebay.benchmarks.engine;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Precondition;
import io.forebay.cache.WhatIfQuestions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What is measured, under one face. Both bound weight by the same weigher, expire each entry by
/// its own lifetime, and count hits and misses.
interface Rival {

  byte @Nullable [] get(String key);

  void put(String key, byte[] value);

  static Rival named(String name, long maxBytes) {
    return switch (name) {
      case "forebay" -> new Forebay(maxBytes);
      case "forebay-what-if" -> new Forebay(maxBytes).askingWhatIf();
      case "caffeine" -> new OfCaffeine(maxBytes);
      default ->
          throw new IllegalArgumentException("forebay, forebay-what-if or caffeine, not " + name);
    };
  }

  /// Ours.
  final class Forebay implements Rival {
    private static final Lifetime HOUR = Lifetime.of(Duration.ofHours(1));
    private final Cache<String, byte[]> cache;

    Forebay(long maxBytes) {
      cache =
          CacheBuilder.<byte[]>withTextKeys("bench")
              .maxBytes(maxBytes, (key, value) -> key.length() + value.length)
              .build();
    }

    Forebay askingWhatIf() {
      cache.askWhatIf(WhatIfQuestions.usual());
      return this;
    }

    @Override
    public byte @Nullable [] get(String key) {
      try (Entry<String, byte[]> entry = cache.get(key)) {
        return entry == null ? null : entry.value();
      }
    }

    @Override
    public void put(String key, byte[] value) {
      cache.put(key, Draft.of(value, HOUR), Precondition.NONE);
    }
  }

  /// Caffeine, configured as its documentation does.
  final class OfCaffeine implements Rival {
    private final com.github.benmanes.caffeine.cache.Cache<String, byte[]> cache;

    OfCaffeine(long maxBytes) {
      cache =
          Caffeine.newBuilder()
              .maximumWeight(maxBytes)
              .weigher((String key, byte[] value) -> key.length() + value.length)
              .expireAfter(Expiry.writing((String _, byte[] _) -> Duration.ofHours(1)))
              .recordStats()
              .build();
    }

    @Override
    public byte @Nullable [] get(String key) {
      return cache.getIfPresent(key);
    }

    @Override
    public void put(String key, byte[] value) {
      cache.put(key, value);
    }
  }
}
