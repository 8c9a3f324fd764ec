package io.forebay.http.caching;

import io.forebay.http.FieldLine;
import io.forebay.http.FieldSyntax;
import io.forebay.http.FieldText;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.structured.BareItem.StringItem;
import io.forebay.http.structured.StructuredFields;
import io.forebay.http.structured.StructuredMember;
import io.forebay.http.structured.StructuredMember.Item;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// The tags by which a response can be invalidated, as the origin named them. They match byte for
/// byte; beyond ASCII they are taken for UTF-8 ([FieldText]).
///
/// Limits are Fastly's, but for one thing: there a key that is too long takes all that follow it in
/// its field with it; here only that one is dropped, since a page without its tag could not be
/// invalidated by it.
///
/// @param tags in order, each once
/// @param dropped what was over a limit, cut to [#MAX_TAG_LENGTH]
public record CacheTags(List<String> tags, List<String> dropped) {

  /// A longer tag is dropped (Fastly's limit for one key).
  public static final int MAX_TAG_LENGTH = 1024;

  /// What comes after that many characters of one field is dropped (Fastly's limit for the field).
  public static final int MAX_FIELD_LENGTH = 16 * 1024;

  private enum Syntax {
    COMMAS,
    SPACES,
    COMMAS_OR_SPACES,
    /// RFC 9875 §2.
    LIST_OF_STRINGS
  }

  private record TagField(String name, Syntax syntax) {}

  private static final List<TagField> FIELDS =
      List.of(
          new TagField("Cache-Tag", Syntax.COMMAS),
          new TagField("Cache-Tags", Syntax.COMMAS_OR_SPACES),
          new TagField("Surrogate-Key", Syntax.SPACES),
          new TagField("xkey", Syntax.COMMAS_OR_SPACES),
          new TagField("Edge-Cache-Tag", Syntax.COMMAS),
          new TagField("X-Cache-Tags", Syntax.COMMAS),
          new TagField("X-Magento-Tags", Syntax.COMMAS),
          new TagField("Cache-Groups", Syntax.LIST_OF_STRINGS));

  private static final List<String> FIELD_NAMES = FIELDS.stream().map(TagField::name).toList();

  /// Most fields are told apart by that.
  private static final List<List<String>> NAMES_BY_LENGTH =
      IntStream.rangeClosed(0, FIELD_NAMES.stream().mapToInt(String::length).max().orElse(0))
          .mapToObj(length -> FIELD_NAMES.stream().filter(name -> name.length() == length).toList())
          .toList();

  private static final CacheTags NONE = new CacheTags(List.of(), List.of());

  public CacheTags {
    tags = List.copyOf(tags);
    dropped = List.copyOf(dropped);
  }

  /// Names of the fields that carry tags; for stripping them from answers.
  public static List<String> fieldNames() {
    return FIELD_NAMES;
  }

  /// Whether there is a field that carries tags.
  public static boolean areIn(HttpFields fields) {
    for (FieldLine line : fields) {
      for (String name : namesOf(line.name().length())) {
        if (line.isNamed(name)) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> namesOf(int length) {
    return length < NAMES_BY_LENGTH.size() ? NAMES_BY_LENGTH.get(length) : List.of();
  }

  /// The tags of a response at that URL: those of [#of(HttpFields)], and the groups at its origin
  /// ([CacheGroups]).
  public static CacheTags of(CacheKey key, HttpFields responseFields) {
    CacheTags named = of(responseFields);
    List<String> groups = CacheGroups.tagsOf(key, responseFields);
    if (groups.isEmpty()) {
      return named;
    }
    List<String> all = new ArrayList<>(named.tags());
    all.addAll(groups);
    return new CacheTags(all, named.dropped());
  }

  /// The same, and those that the operator's rules give it.
  ///
  /// @param request as it was sent
  public static CacheTags of(
      CacheKey key, RequestHead request, ResponseHead response, List<TagTemplate> templates) {
    CacheTags own = of(key, response.fields());
    if (templates.isEmpty()) {
      return own;
    }
    Set<String> all = new LinkedHashSet<>(own.tags());
    templates.forEach(template -> template.of(request, response).ifPresent(all::add));
    return new CacheTags(List.copyOf(all), own.dropped());
  }

  /// Reads the tags from all these fields.
  public static CacheTags of(HttpFields responseFields) {
    if (!areIn(responseFields)) {
      return NONE;
    }
    Set<String> tags = new LinkedHashSet<>();
    List<String> dropped = new ArrayList<>();
    for (TagField field : FIELDS) {
      int length = 0;
      for (String tag : tagsOf(responseFields, field)) {
        length += tag.length() + 1;
        if (tag.length() <= MAX_TAG_LENGTH && length <= MAX_FIELD_LENGTH + 1) {
          tags.add(FieldText.decoded(tag));
        } else {
          dropped.add(tag.substring(0, Math.min(tag.length(), MAX_TAG_LENGTH)));
        }
      }
    }
    return new CacheTags(List.copyOf(tags), dropped);
  }

  private static List<String> tagsOf(HttpFields fields, TagField field) {
    if (!fields.contains(field.name())) {
      return List.of();
    }
    return switch (field.syntax()) {
      case COMMAS -> parts(fields, field.name(), ",");
      case SPACES -> parts(fields, field.name(), " \t");
      case COMMAS_OR_SPACES -> parts(fields, field.name(), ", \t");
      case LIST_OF_STRINGS -> strings(fields, field.name());
    };
  }

  private static List<String> parts(HttpFields fields, String name, String separators) {
    List<String> parts = new ArrayList<>();
    for (FieldLine line : fields) {
      if (line.isNamed(name)) {
        addParts(line.value(), separators, parts);
      }
    }
    return parts;
  }

  private static void addParts(String value, String separators, List<String> parts) {
    int start = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || separators.indexOf(value.charAt(i)) >= 0) {
        String part = FieldSyntax.trimmed(value.substring(start, i));
        if (!part.isEmpty()) {
          parts.add(part);
        }
        start = i + 1;
      }
    }
  }

  /// The strings of a list (RFC 9875 §2, §3). A field that is malformed, or has a member of another
  /// type, is ignored as a whole.
  static List<String> strings(HttpFields fields, String name) {
    List<String> strings = new ArrayList<>();
    for (StructuredMember member : StructuredFields.list(fields, name).orElse(List.of())) {
      if (!(member instanceof Item(StringItem(String value), _))) {
        return List.of();
      }
      strings.add(value);
    }
    return strings;
  }
}
