package io.forebay.server.backup;

import java.util.List;
import java.util.Optional;

/// What is to be exported.
///
/// @param caches by name; none for all
/// @param after where an export goes on that broke off: behind this entry
public record ExportOrder(List<String> caches, Optional<Place> after) {

  public ExportOrder {
    caches = List.copyOf(caches);
  }

  /// An entry's place in an export, which is in the order of caches' names, then of keys.
  public record Place(String cache, String key) {

    /// Reads `cache/key`; empty if it is not of that form.
    public static Optional<Place> parse(String text) {
      int slash = text.indexOf('/');
      return slash < 1 || slash == text.length() - 1
          ? Optional.empty()
          : Optional.of(new Place(text.substring(0, slash), text.substring(slash + 1)));
    }

    @Override
    public String toString() {
      return cache + "/" + key;
    }
  }
}
