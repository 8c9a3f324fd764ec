package io.forebay.server.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A path with named parts: `/v1/caches/{cache}/entries/{key...}`.
///
/// Matches the raw path, segment by segment, without normalising it: an entry's key may be `..` or
/// hold `//`. `{name}` takes one segment, `{name...}` at the end takes all that is left, slashes
/// included, which may be nothing. What they take is decoded once, by the caller. (A general router
/// normalises paths first; that is why this is ours.)
public final class PathTemplate {

  private final String text;
  private final List<Part> parts;

  private sealed interface Part {
    record Literal(String segment) implements Part {}

    record Named(String name) implements Part {}

    record Rest(String name) implements Part {}
  }

  private PathTemplate(String text, List<Part> parts) {
    this.text = text;
    this.parts = parts;
  }

  public static PathTemplate of(String text) {
    List<Part> parts = new ArrayList<>();
    for (String segment : text.substring(1).split("/", -1)) {
      if (segment.endsWith("...}")) {
        parts.add(new Part.Rest(segment.substring(1, segment.length() - 4)));
      } else if (segment.startsWith("{")) {
        parts.add(new Part.Named(segment.substring(1, segment.length() - 1)));
      } else {
        parts.add(new Part.Literal(segment));
      }
    }
    return new PathTemplate(text, List.copyOf(parts));
  }

  /// The raw text of each named part, if the path fits.
  Optional<Map<String, String>> match(String rawPath) {
    if (!rawPath.startsWith("/")) {
      return Optional.empty();
    }
    Map<String, String> named = new HashMap<>();
    int at = 1;
    for (int i = 0; i < parts.size(); i++) {
      if (at > rawPath.length()) {
        return Optional.empty(); // the path ended with the segment before
      }
      int slash = rawPath.indexOf('/', at);
      int end = slash < 0 ? rawPath.length() : slash;
      switch (parts.get(i)) {
        case Part.Rest(var name) -> {
          named.put(name, rawPath.substring(at));
          return Optional.of(named);
        }
        case Part.Named(var name) -> {
          if (end == at) {
            return Optional.empty();
          }
          named.put(name, rawPath.substring(at, end));
        }
        case Part.Literal(var segment) -> {
          if (segment.length() != end - at || !rawPath.startsWith(segment, at)) {
            return Optional.empty();
          }
        }
      }
      at = end + 1;
    }
    return at > rawPath.length() ? Optional.of(named) : Optional.empty();
  }

  /// As declared; a metric's label.
  @Override
  public String toString() {
    return text;
  }
}
