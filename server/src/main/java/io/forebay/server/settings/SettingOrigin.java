package io.forebay.server.settings;

/// Where a value was written.
public sealed interface SettingOrigin {

  /// Nowhere: it is the default.
  record Default() implements SettingOrigin {}

  /// @param line from 1
  /// @param column from 1
  record File(String path, int line, int column) implements SettingOrigin {}

  record Environment(String variable) implements SettingOrigin {}

  /// A line of a file of the kind `.env`.
  ///
  /// @param line from 1
  record EnvFile(String path, int line, String variable) implements SettingOrigin {}

  /// @param option as typed, without its value: `--set`, `--api-listen`
  record Flag(String option) implements SettingOrigin {}

  /// For a person: `forebay.yaml:3:11`, `FOREBAY_API_LISTEN`, `--set`, `default`.
  default String describe() {
    return switch (this) {
      case Default() -> "default";
      case File(var path, var line, var column) -> path + ":" + line + ":" + column;
      case Environment(var variable) -> variable;
      case EnvFile(var path, var line, var variable) -> path + ":" + line + " " + variable;
      case Flag(var option) -> option;
    };
  }
}
