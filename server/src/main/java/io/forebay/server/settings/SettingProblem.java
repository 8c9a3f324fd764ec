package io.forebay.server.settings;

/// Why the settings are refused: one line each.
///
/// @param setting its name, as written
/// @param message what is wrong, what was expected and what to do; whatever stood in the file, in
///   one line without control characters
public record SettingProblem(String setting, String message, SettingOrigin origin) {

  public SettingProblem {
    message = message.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?");
  }

  /// For a person, in one line that begins with the place.
  public String describe() {
    return origin instanceof SettingOrigin.Default ? message : origin.describe() + ": " + message;
  }
}
