package io.forebay.server.settings;

import java.util.List;

/// What became of reading the settings.
public sealed interface SettingsReading {

  /// @param settings in force
  /// @param shown every one with its value and source, secrets masked, in declaration order
  record Accepted(ServerSettings settings, List<ShownSetting> shown) implements SettingsReading {}

  /// @param problems at least one; in the order found
  record Refused(List<SettingProblem> problems) implements SettingsReading {}

  /// One line of `config show`.
  record ShownSetting(String name, String value, SettingOrigin origin) {}
}
