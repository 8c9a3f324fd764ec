package io.forebay.server.settings;

import java.util.LinkedHashMap;
import java.util.Map;

/// An environment name that a text of another system prints, and what it says in our settings.
///
/// @param variable `CACHE_DEFAULT_TTL`
/// @param meaning of a value that is not empty
record ForeignName(String variable, Meaning meaning) {

  /// Translates a value.
  @FunctionalInterface
  interface Meaning {

    /// @param all every variable, for those that say one thing together
    Said of(String value, Map<String, String> all);
  }

  /// What a value says.
  sealed interface Said {

    /// @param settings name → text, in order
    record Settings(Map<String, String> settings) implements Said {}

    /// No setting is needed for it.
    ///
    /// @param why for `config show`
    record Nothing(String why) implements Said {}

    /// @param expected what would be right
    record Wrong(String expected) implements Said {}
  }

  static Said sets(String setting, String text) {
    return new Said.Settings(Map.of(setting, text));
  }

  static Said sets(String first, String firstText, String second, String secondText) {
    Map<String, String> both = new LinkedHashMap<>();
    both.put(first, firstText);
    both.put(second, secondText);
    return new Said.Settings(both);
  }
}
