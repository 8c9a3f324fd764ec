package io.forebay.server.v1;

import io.forebay.server.api.Problem;
import io.forebay.server.api.RequestRefused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Entity tags (RFC 9110 §8.8.3): an entry's is its version in quotes, strong.
sealed interface EntityTags {

  /// `*`.
  record Any() implements EntityTags {}

  /// @param strong opaque tags without `W/`
  /// @param weak opaque tags after `W/`
  record Listed(Set<String> strong, Set<String> weak) implements EntityTags {}

  Pattern TAG = Pattern.compile("\\s*(W/)?\"([!#-~\\x80-\\uffff]*)\"\\s*(,|$)");

  static String of(long version) {
    return "\"" + version + "\"";
  }

  /// Reads `If-Match` or `If-None-Match`, or refuses the request.
  static EntityTags parse(String field, String combined) {
    if (combined.strip().equals("*")) {
      return new Any();
    }
    Set<String> strong = new HashSet<>();
    Set<String> weak = new HashSet<>();
    var matcher = TAG.matcher(combined);
    int at = 0;
    while (at < combined.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new RequestRefused(
            Problem.invalid(
                field,
                "* or entity tags in quotes, such as \"17\"",
                "The field is not a list of entity tags."));
      }
      (matcher.group(1) == null ? strong : weak).add(matcher.group(2));
      at = matcher.end();
    }
    if (strong.isEmpty() && weak.isEmpty()) {
      throw new RequestRefused(
          Problem.invalid(
              field, "* or entity tags in quotes, such as \"17\"", "The field is empty."));
    }
    return new Listed(Set.copyOf(strong), Set.copyOf(weak));
  }

  /// Strong comparison, for `If-Match` (RFC 9110 §13.1.1).
  default boolean matchesStrongly(long version) {
    return switch (this) {
      case Any() -> true;
      case Listed(var strong, _) -> strong.contains(Long.toString(version));
    };
  }

  /// Weak comparison, for `If-None-Match` (RFC 9110 §13.1.2).
  default boolean matchesWeakly(long version) {
    return switch (this) {
      case Any() -> true;
      case Listed(var strong, var weak) ->
          strong.contains(Long.toString(version)) || weak.contains(Long.toString(version));
    };
  }

  /// The versions that these tags may name; tags that are none of ours match nothing.
  static Set<Long> versions(Listed listed) {
    List<Long> versions = new ArrayList<>();
    for (String tag : listed.strong()) {
      version(tag).ifPresent(versions::add);
    }
    return Set.copyOf(versions);
  }

  private static Optional<Long> version(String tag) {
    return Pattern.matches("\\d{1,18}", tag) && !(tag.length() > 1 && tag.startsWith("0"))
        ? Optional.of(Long.parseLong(tag))
        : Optional.empty();
  }
}
