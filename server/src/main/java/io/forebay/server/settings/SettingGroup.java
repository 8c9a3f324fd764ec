package io.forebay.server.settings;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A setting that holds items with fields: any number of them, or a single one (a section). Fields
/// may be groups in turn.
///
/// @param name dotted: `proxy.routes`; of a group within an item, relative to it: `lifetime`
/// @param shape how the items are written
/// @param fields their names are relative to the item
/// @param sentence one sentence for the operator
/// @param example YAML that `config check` accepts, for the documentation; may be empty within an
///   item
/// @param itemNames how items of a map may be called
/// @param shorthand the field that an item written as a single text stands for: `{404: 10s}` for
///   `{404: {default: 10s}}`
record SettingGroup(
    String name,
    Shape shape,
    List<SettingField> fields,
    String sentence,
    String example,
    ItemNames itemNames,
    Optional<Setting<?>> shorthand)
    implements SettingField {

  enum Shape {
    /// A sequence; each item is a mapping.
    LIST,
    /// A mapping from an item's name to its fields.
    MAP,
    /// A mapping of the fields themselves: one item without a name.
    SECTION
  }

  /// @param expectation what a name looks like, as the end of "expected …"
  record ItemNames(String expectation, Pattern form) {
    static final ItemNames USUAL =
        new ItemNames(
            "a name of 1 to 64 letters, digits, dots, dashes or underscores",
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"));
  }

  SettingGroup {
    fields = List.copyOf(fields);
  }

  SettingGroup(
      String name, Shape shape, List<SettingField> fields, String sentence, String example) {
    this(name, shape, fields, sentence, example, ItemNames.USUAL, Optional.empty());
  }

  /// A section within an item.
  static SettingGroup section(String name, List<SettingField> fields, String sentence) {
    return new SettingGroup(name, Shape.SECTION, fields, sentence, "");
  }

  /// A map within an item whose items have one field each, written right behind the item's name.
  static SettingGroup mapOf(String name, ItemNames names, Setting<?> field, String sentence) {
    return new SettingGroup(
        name, Shape.MAP, List.of(field), sentence, "", names, Optional.of(field));
  }

  SettingGroup named(ItemNames names) {
    return new SettingGroup(name, shape, fields, sentence, example, names, shorthand);
  }

  /// @param field one of the fields
  SettingGroup withShorthand(Setting<?> field) {
    return new SettingGroup(name, shape, fields, sentence, example, itemNames, Optional.of(field));
  }

  SettingGroup withExample(String yaml) {
    return new SettingGroup(name, shape, fields, sentence, yaml, itemNames, shorthand);
  }

  /// Whether it is of names with one text each ([#mapOf]).
  boolean isPlainMap() {
    return shape == Shape.MAP && fields.size() == 1 && shorthand.isPresent();
  }

  /// For a message: `name, host, path`.
  String fieldNames() {
    return fields.stream().map(SettingField::name).collect(Collectors.joining(", "));
  }

  /// Where an item is found: `proxy.routes[2]`, `caches.sessions`, `proxy.routes[2].lifetime`.
  ///
  /// @param group where the group is
  String path(String group, String itemName) {
    return switch (shape) {
      case LIST -> group + itemName;
      case MAP -> group + "." + itemName;
      case SECTION -> group;
    };
  }
}
