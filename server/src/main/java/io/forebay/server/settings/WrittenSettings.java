package io.forebay.server.settings;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What somebody asks the server to be: layers, each over the one before.
///
/// @param file the YAML file's path for messages, and its text
/// @param envFile a file of the kind `.env`; read while `compat.systems` names a system
/// @param environment the process environment; variables that do not begin with `FOREBAY_` are
///   ignored, but for those of the systems that `compat.systems` names
/// @param flags in the order given; the last one for a name wins
public record WrittenSettings(
    Optional<File> file,
    Optional<File> envFile,
    Map<String, String> environment,
    List<Assignment> flags) {

  public WrittenSettings {
    environment = Map.copyOf(environment);
    flags = List.copyOf(flags);
  }

  /// Without a file of the kind `.env`.
  public WrittenSettings(
      Optional<File> file, Map<String, String> environment, List<Assignment> flags) {
    this(file, Optional.empty(), environment, flags);
  }

  /// @param yaml its text
  public record File(String path, String yaml) {}

  /// Defaults only.
  public static final WrittenSettings NOTHING =
      new WrittenSettings(Optional.empty(), Map.of(), List.of());

  public static WrittenSettings ofFile(String path, String yaml) {
    return new WrittenSettings(Optional.of(new File(path, yaml)), Map.of(), List.of());
  }
}
