package io.forebay.server.purge;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Lists of tags, hosts and URLs, within their limits.
final class Names {

  /// Of one request, all kinds together.
  static final int MAX_NAMES = 1000;

  /// In bytes of UTF-8; Fastly's limit for a key.
  static final int MAX_TAG_BYTES = 1024;

  private static final int MAX_URL = 8192;

  private Names() {}

  /// Splits a field's value; each name once.
  static Set<String> split(String field, String value, String separators) throws Misunderstood {
    return tags(
        field,
        Arrays.stream(value.split(separators, -1))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList());
  }

  static Set<String> tags(String field, List<String> tags) throws Misunderstood {
    for (int i = 0; i < tags.size(); i++) {
      String where = tags.size() == 1 ? field : field + "[" + i + "]";
      String tag = tags.get(i);
      if (tag.isEmpty()) {
        throw new Misunderstood(where, "a tag", "A tag is empty.");
      }
      if (tag.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_TAG_BYTES) {
        throw new Misunderstood(where, "at most " + MAX_TAG_BYTES + " bytes", "A tag is too long.");
      }
      if (tag.chars().anyMatch(Character::isISOControl)) {
        throw new Misunderstood(where, "no control characters", "A tag has a control character.");
      }
    }
    return counted(field, tags);
  }

  /// @param names checked by the caller for their form
  static Set<String> counted(String field, List<String> names) throws Misunderstood {
    if (names.isEmpty()) {
      throw new Misunderstood(field, "at least one", "It names nothing.");
    }
    if (names.size() > MAX_NAMES) {
      throw new Misunderstood(
          field, "at most " + MAX_NAMES, "It names " + names.size() + " at once.");
    }
    for (String name : names) {
      if (name.length() > MAX_URL) {
        throw new Misunderstood(field, "at most " + MAX_URL + " characters", "One is too long.");
      }
    }
    return new LinkedHashSet<>(names);
  }
}
