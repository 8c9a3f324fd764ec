package io.forebay.cache;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// One operation that somebody asks for, or a write that others have to hear of.
///
/// @param cache the cache it is about; empty for every cache of the node
/// @param written if a key was written in a tier that nodes share: the version that is there now.
///   Copies of that version stay; the scope is that one key, and the mode is hard
public record InvalidationOrder(
    Optional<String> cache, Scope scope, Invalidation.Mode mode, OptionalLong written) {

  public InvalidationOrder {
    if (written.isPresent() && !(scope instanceof Scope.Keys)) {
      throw new IllegalArgumentException("only keys are written");
    }
  }

  /// An operation.
  public InvalidationOrder(Optional<String> cache, Scope scope, Invalidation.Mode mode) {
    this(cache, scope, mode, OptionalLong.empty());
  }

  /// The news that a key was written.
  ///
  /// @param version which other nodes may keep copies of; older ones they drop
  public static InvalidationOrder written(String cache, String key, long version) {
    return new InvalidationOrder(
        Optional.of(cache),
        new Scope.Keys(Set.of(key)),
        Invalidation.Mode.HARD,
        OptionalLong.of(version));
  }

  /// Whether it is about the cache of this name.
  public boolean concerns(String name) {
    return cache.isEmpty() || cache.get().equals(name);
  }
}
