package io.forebay.cache.loading;

import io.forebay.cache.ReferenceCounted;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a read came to, and why. If the value is [ReferenceCounted] the answer holds one reference
/// on it until [#close]; for other values `close` does nothing.
public final class Answer<V> implements AutoCloseable {

  private final @Nullable V value;
  private final Provenance provenance;

  /// Where an answer comes from.
  public enum Provenance {
    /// From the cache, fresh.
    HIT,
    /// From the cache, stale; a refresh is under way.
    STALE_WHILE_REVALIDATING,
    /// From the cache, stale, because the load failed.
    STALE_ON_ERROR,
    /// From the cache, stale, because the load took longer than the caller waits; it goes on.
    STALE_ON_TIMEOUT,
    /// Loaded for this caller.
    LOADED,
    /// Loaded for another caller at the same time.
    FOLLOWED
  }

  Answer(@Nullable V value, Provenance provenance) {
    this.value = value;
    this.provenance = provenance;
  }

  /// The value; empty if the source has none.
  public Optional<V> value() {
    return Optional.ofNullable(value);
  }

  /// The value.
  ///
  /// @throws NoSuchElementException if the source has none
  public V orThrow() {
    if (value == null) {
      throw new NoSuchElementException("the source has no such value");
    }
    return value;
  }

  public Provenance provenance() {
    return provenance;
  }

  /// Lets go of the value. Close once.
  @Override
  public void close() {
    if (value instanceof ReferenceCounted counted) {
      counted.release();
    }
  }

  @Override
  public String toString() {
    return provenance + " " + value;
  }
}
