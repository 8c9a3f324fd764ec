package io.forebay.server.reload;

import io.forebay.server.settings.SettingsReading;
import java.nio.file.Path;
import java.util.Optional;

/// Where the settings came from, to be read again: file, environment and flags of the start.
public interface SettingsSource {

  /// Reads all layers; a file that cannot be read is a problem like any other.
  SettingsReading read();

  /// The file, if there is one.
  Optional<Path> file();

  /// Settings that come from nowhere and never change.
  static SettingsSource fixed(SettingsReading.Accepted accepted) {
    return new SettingsSource() {
      @Override
      public SettingsReading read() {
        return accepted;
      }

      @Override
      public Optional<Path> file() {
        return Optional.empty();
      }
    };
  }
}
