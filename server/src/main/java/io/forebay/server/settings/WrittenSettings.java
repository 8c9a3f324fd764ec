package io.forebay.server.settings;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What somebody asks the server to be: three layers, each over the one before.
///
/// @param file the YAML file's path for messages, and its text
/// @param environment the process environment; variables that do not begin with `FOREBAY_` are
///   ignored
/// @param flags in the order given; the last one for a name wins
public record WrittenSettings(
    Optional<File> file, Map<String, String> environment, List<Assignment> flags) {

  public WrittenSettings {
    environment = Map.copyOf(environment);
    flags = List.copyOf(flags);
  }

  public record File(String path, String yaml) {}

  /// Defaults only.
  public static final WrittenSettings NOTHING =
      new WrittenSettings(Optional.empty(), Map.of(), List.of());

  public static WrittenSettings ofFile(String path, String yaml) {
    return new WrittenSettings(Optional.of(new File(path, yaml)), Map.of(), List.of());
  }
}
