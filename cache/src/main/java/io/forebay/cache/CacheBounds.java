package io.forebay.cache;

/// How much a cache may hold.
///
/// @param maxBytes weight of all entries, overhead included; at least 1
/// @param maxEntries number of entries; at least 1, `Long.MAX_VALUE` for no bound
public record CacheBounds(long maxBytes, long maxEntries) {

  public CacheBounds {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes must be at least 1, was " + maxBytes);
    }
    if (maxEntries < 1) {
      throw new IllegalArgumentException("maxEntries must be at least 1, was " + maxEntries);
    }
  }

  public static CacheBounds ofBytes(long maxBytes) {
    return new CacheBounds(maxBytes, Long.MAX_VALUE);
  }
}
