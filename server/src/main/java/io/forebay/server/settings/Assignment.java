package io.forebay.server.settings;

/// One setting given outside of the file.
///
/// @param name dotted, as written
/// @param text the value; for a group, YAML
public record Assignment(String name, String text, SettingOrigin origin) {

  /// From the command line.
  public static Assignment flag(String option, String name, String text) {
    return new Assignment(name, text, new SettingOrigin.Flag(option));
  }
}
