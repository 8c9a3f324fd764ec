package io.forebay.server.warming;

import io.forebay.server.caches.EntryDraft;
import java.util.List;

/// What is to be loaded.
public sealed interface WarmingOrder {

  int MAX_TARGETS = 10_000;

  /// Entries that lie in the tier behind a cache.
  record Keys(String cache, List<String> keys) implements WarmingOrder {}

  /// Pages, by absolute URLs.
  record Urls(List<String> urls) implements WarmingOrder {}

  /// Values that the client sent along.
  record Values(String cache, List<Value> values) implements WarmingOrder {}

  record Value(String key, EntryDraft draft) {}

  /// `keys`.
  default String kind() {
    return switch (this) {
      case Keys _ -> "keys";
      case Urls _ -> "urls";
      case Values _ -> "values";
    };
  }

  default int size() {
    return switch (this) {
      case Keys(_, var keys) -> keys.size();
      case Urls(var urls) -> urls.size();
      case Values(_, var values) -> values.size();
    };
  }
}
