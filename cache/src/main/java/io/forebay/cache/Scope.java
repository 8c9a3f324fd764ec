package io.forebay.cache;

import java.util.Set;

/// What an invalidation covers, within one cache.
public sealed interface Scope {

  /// These keys, in their text form.
  record Keys(Set<String> keys) implements Scope {
    public Keys {
      keys = Set.copyOf(keys);
    }
  }

  /// Every entry that carries one of these tags; tags match exactly.
  record Tags(Set<String> tags) implements Scope {
    public Tags {
      tags = Set.copyOf(tags);
    }
  }

  /// The whole cache.
  record Everything() implements Scope {}
}
