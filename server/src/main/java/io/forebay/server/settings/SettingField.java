package io.forebay.server.settings;

/// What an item of a [SettingGroup] holds under one name: a value, or a group of its own.
sealed interface SettingField permits Setting, SettingGroup {

  /// Relative to the item: `host`.
  String name();

  /// One sentence for the operator.
  String sentence();
}
