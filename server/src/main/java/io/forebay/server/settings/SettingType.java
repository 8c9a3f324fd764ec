package io.forebay.server.settings;

import java.util.List;

/// How a setting's value is written and read.
interface SettingType<T> {

  /// What a value looks like, as the end of "expected …": `a duration with its unit, such as 30s`.
  String expectation();

  Parsed<T> parse(String text);

  /// As `parse` would read it.
  String render(T value);

  /// Reads a YAML sequence; only lists are written so.
  default Parsed<T> parseSequence(List<String> texts) {
    return Parsed.bad("a list was given");
  }
}
