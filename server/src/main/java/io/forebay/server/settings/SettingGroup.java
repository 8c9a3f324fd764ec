package io.forebay.server.settings;

import java.util.List;

/// A setting that holds any number of items, each with the same fields.
///
/// @param name dotted: `proxy.routes`
/// @param shape how the items are written
/// @param fields declared as settings; their names are relative to the item
/// @param sentence one sentence for the operator
/// @param example YAML that `config check` accepts, for the documentation
record SettingGroup(
    String name, Shape shape, List<Setting<?>> fields, String sentence, String example) {

  enum Shape {
    /// A sequence; each item is a mapping.
    LIST,
    /// A mapping from an item's name to its fields.
    MAP
  }

  SettingGroup {
    fields = List.copyOf(fields);
  }
}
