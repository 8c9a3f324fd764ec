package io.forebay.proxy.pages;

import io.forebay.cache.Invalidation;
import io.forebay.cache.Position;

/// An invalidation that covers a page.
///
/// @param by what it named
/// @param tag the tag, when it named one; empty otherwise
public record PageMark(Position position, Invalidation.Mode mode, By by, String tag) {

  /// What an invalidation names.
  public enum By {
    URL,
    TAG,
    EVERYTHING
  }
}
