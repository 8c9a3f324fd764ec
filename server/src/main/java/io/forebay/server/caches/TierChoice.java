package io.forebay.server.caches;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which tier lies behind a cache.
public enum TierChoice {
  /// Nothing does: the cache is in memory alone.
  NONE,
  REDIS,
  MEMCACHED,
  DATABASE,
  FILE;

  private static final String MEMORY = "memory";

  /// As settings, listings and metrics name it.
  public String text() {
    return this == NONE ? MEMORY : name().toLowerCase(Locale.ROOT);
  }

  /// Reads it; `none` is `memory` too.
  public static Optional<TierChoice> named(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(name.equals("none") ? MEMORY : name))
        .findFirst();
  }

  /// Every name, for a message.
  public static String names() {
    return Arrays.stream(values()).map(TierChoice::text).collect(Collectors.joining(", "));
  }
}
