package io.forebay.proxy.pages;

import io.forebay.cache.Invalidation;
import io.forebay.cache.Position;

/// An invalidation that covers a page.
///
/// @param by what it named
/// @param name the tag, prefix, pattern or host; empty for the page's own URL and for everything
public record PageMark(Position position, Invalidation.Mode mode, By by, String name) {

  /// What an invalidation names.
  public enum By {
    URL,
    TAG,
    PREFIX,
    PATTERN,
    HOST,
    EVERYTHING
  }
}
