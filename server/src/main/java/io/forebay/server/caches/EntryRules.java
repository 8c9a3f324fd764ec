package io.forebay.server.caches;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What may be stored.
///
/// @param maxKeyBytes longest key, in bytes of UTF-8
/// @param maxValueBytes largest value
public record EntryRules(int maxKeyBytes, long maxValueBytes) {

  /// Bounds that are no settings: nobody has asked for other ones.
  public static final int MAX_TAGS = 1000;

  public static final int MAX_TAG_BYTES = 1024;
  public static final int MAX_METADATA_PAIRS = 64;
  public static final int MAX_METADATA_BYTES = 8192;

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          TOKEN + "/" + TOKEN + "(\\s*;\\s*(" + TOKEN + "=(" + TOKEN + "|\"[^\"\\\\]*\"))?)*");
  private static final int MAX_MEDIA_TYPE = 255;
  private static final Pattern CACHE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern METADATA_NAME = Pattern.compile("[!-~]{1,128}");

  /// The first rule that the key breaks.
  public Optional<Violation> brokenByKey(String key) {
    if (key.isEmpty()) {
      return Optional.of(
          Violation.malformed("key", "1 to " + maxKeyBytes + " bytes", "The key is empty."));
    }
    // A character is one to four bytes, or two characters are four: cheap bounds first.
    if (key.length() > maxKeyBytes || utf8Length(key) > maxKeyBytes) {
      return Optional.of(
          Violation.malformed(
              "key",
              "1 to " + maxKeyBytes + " bytes of UTF-8 (entries.max_key_bytes)",
              "The key is too long: " + utf8Length(key) + " bytes."));
    }
    return Optional.empty();
  }

  /// The first rule that the draft breaks.
  public Optional<Violation> brokenByDraft(EntryDraft draft) {
    if (draft.value().length() > maxValueBytes) {
      return Optional.of(tooLarge(draft.value().length()));
    }
    return brokenByTags(draft.tags()).or(() -> brokenByMetadata(draft.metadata()));
  }

  public Violation tooLarge(long bytes) {
    return new Violation(
        "value",
        "at most " + maxValueBytes + " bytes (entries.max_value_bytes)",
        "The value is too large: " + bytes + " bytes.",
        Violation.Kind.TOO_LARGE);
  }

  /// Whether a value's type may be called so.
  public static boolean isMediaType(String type) {
    return type.length() <= MAX_MEDIA_TYPE && MEDIA_TYPE.matcher(type).matches();
  }

  /// Whether a cache may be called so.
  public static Optional<Violation> brokenByCacheName(String name) {
    return CACHE_NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            Violation.malformed(
                "cache",
                "1 to 64 letters, digits, dots, dashes or underscores",
                "That cannot be the name of a cache."));
  }

  /// The first rule that a tag breaks.
  public static Optional<Violation> brokenByTags(List<String> tags) {
    if (tags.size() > MAX_TAGS) {
      return Optional.of(
          Violation.malformed(
              "tags", "at most " + MAX_TAGS + " tags", "There are " + tags.size() + " tags."));
    }
    for (String tag : tags) {
      if (tag.isBlank() || utf8Length(tag) > MAX_TAG_BYTES || hasControl(tag)) {
        return Optional.of(
            Violation.malformed(
                "tags",
                "each tag 1 to " + MAX_TAG_BYTES + " bytes of text without control characters",
                tag.isBlank() ? "A tag is empty." : "A tag is too long or not plain text."));
      }
    }
    return Optional.empty();
  }

  private static Optional<Violation> brokenByMetadata(Map<String, String> metadata) {
    int bytes = 0;
    for (var pair : metadata.entrySet()) {
      if (!METADATA_NAME.matcher(pair.getKey()).matches() || hasControl(pair.getValue())) {
        return Optional.of(
            Violation.malformed(
                "metadata",
                "names of 1 to 128 visible ASCII characters, values of text without control"
                    + " characters",
                "A metadata pair is not plain text."));
      }
      bytes += pair.getKey().length() + utf8Length(pair.getValue());
    }
    return metadata.size() > MAX_METADATA_PAIRS || bytes > MAX_METADATA_BYTES
        ? Optional.of(
            Violation.malformed(
                "metadata",
                "at most " + MAX_METADATA_PAIRS + " pairs and " + MAX_METADATA_BYTES + " bytes",
                "There are " + metadata.size() + " pairs with " + bytes + " bytes."))
        : Optional.empty();
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
