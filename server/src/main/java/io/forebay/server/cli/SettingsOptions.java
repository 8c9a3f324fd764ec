package io.forebay.server.cli;

import io.forebay.server.reload.SettingsSource;
import io.forebay.server.settings.Assignment;
import io.forebay.server.settings.SettingOrigin;
import io.forebay.server.settings.SettingProblem;
import io.forebay.server.settings.SettingsReader;
import io.forebay.server.settings.SettingsReading;
import io.forebay.server.settings.WrittenSettings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options by which every command takes settings.
public final class SettingsOptions {

  /// More than any settings file; bounds what is read.
  private static final long LARGEST_FILE_BYTES = 1 << 20;

  private static final String USUAL_ENV_FILE = ".env";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The YAML file with settings; else the variable FOREBAY_CONFIG.")
  private @Nullable String config;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "One setting, over file and environment; may be repeated.")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = "--origin",
      paramLabel = "URL",
      description = "The application to cache for; short for --set proxy.origin=URL.")
  private @Nullable String origin;

  @Option(
      names = "--api-listen",
      paramLabel = "HOST:PORT",
      description = "Where the API listens; short for --set api.listen=….")
  private @Nullable String apiListen;

  @Option(
      names = "--proxy-listen",
      paramLabel = "HOST:PORT",
      description = "Where the proxy listens; short for --set proxy.listen=….")
  private @Nullable String proxyListen;

  @Option(
      names = "--compat",
      paramLabel = "SYSTEMS",
      description =
          "Other systems whose clients are understood, such as all; short for --set"
              + " compat.systems=….")
  private @Nullable String compat;

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description = "The file with those systems' variables. Default: .env, if there is one.")
  private @Nullable String envFile;

  /// Takes this origin, whatever was said.
  public void useOrigin(String url) {
    origin = url;
  }

  /// Takes this value unless the command line says another.
  public void setByDefault(String name, String value) {
    assignments.addFirst(name + "=" + value);
  }

  /// These options, to be read again.
  public SettingsSource source(Terminal terminal) {
    return new SettingsSource() {
      @Override
      public SettingsReading read() {
        return SettingsOptions.this.read(terminal);
      }

      @Override
      public Optional<Path> file() {
        return path(terminal).map(Path::of);
      }
    };
  }

  private Optional<String> path(Terminal terminal) {
    return Optional.ofNullable(config)
        .or(() -> Optional.ofNullable(terminal.environment().get("FOREBAY_CONFIG")))
        .filter(text -> !text.isEmpty());
  }

  /// Reads all layers. A file that cannot be read is a problem like any other.
  public SettingsReading read(Terminal terminal) {
    Optional<String> path = path(terminal);
    if (path.isEmpty()) {
      return readWith(Optional.empty(), terminal);
    }
    return switch (readFile(path.get())) {
      case FileReading.Read(var file) -> readWith(Optional.of(file), terminal);
      case FileReading.Unreadable(var why) ->
          new SettingsReading.Refused(
              List.of(new SettingProblem("", why, new SettingOrigin.Default())));
    };
  }

  private SettingsReading readWith(Optional<WrittenSettings.File> file, Terminal terminal) {
    List<Assignment> flags = new ArrayList<>();
    addFlag(flags, "--origin", "proxy.origin", origin);
    addFlag(flags, "--api-listen", "api.listen", apiListen);
    addFlag(flags, "--proxy-listen", "proxy.listen", proxyListen);
    addFlag(flags, "--compat", "compat.systems", compat);
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        return new SettingsReading.Refused(
            List.of(
                new SettingProblem(
                    assignment,
                    "expected NAME=VALUE, but found \"" + assignment + "\"",
                    new SettingOrigin.Flag("--set"))));
      }
      flags.add(
          Assignment.flag(
              "--set", assignment.substring(0, equals).strip(), assignment.substring(equals + 1)));
    }
    if (envFile == null && !Files.isReadable(Path.of(USUAL_ENV_FILE))) {
      return SettingsReader.read(new WrittenSettings(file, terminal.environment(), flags));
    }
    return switch (readFile(envFile == null ? USUAL_ENV_FILE : envFile)) {
      case FileReading.Read(var variables) ->
          SettingsReader.read(
              new WrittenSettings(file, Optional.of(variables), terminal.environment(), flags));
      case FileReading.Unreadable(var why) ->
          envFile == null
              ? SettingsReader.read(new WrittenSettings(file, terminal.environment(), flags))
              : new SettingsReading.Refused(
                  List.of(new SettingProblem("", why, new SettingOrigin.Flag("--env-file"))));
    };
  }

  private static void addFlag(
      List<Assignment> flags, String option, String name, @Nullable String text) {
    if (text != null) {
      flags.add(Assignment.flag(option, name, text));
    }
  }

  /// What became of reading the file.
  sealed interface FileReading {
    record Read(WrittenSettings.File file) implements FileReading {}

    record Unreadable(String why) implements FileReading {}
  }

  static FileReading readFile(String path) {
    Path file = Path.of(path);
    try {
      if (Files.isDirectory(file)) {
        return new FileReading.Unreadable(path + " is a folder, not a settings file");
      }
      if (Files.size(file) > LARGEST_FILE_BYTES) {
        return new FileReading.Unreadable(path + " is larger than 1 MiB: not a settings file");
      }
      return new FileReading.Read(new WrittenSettings.File(path, Files.readString(file)));
    } catch (NoSuchFileException e) {
      return new FileReading.Unreadable(
          "there is no settings file " + path + " (looked in " + file.toAbsolutePath() + ")");
    } catch (AccessDeniedException e) {
      return new FileReading.Unreadable("no permission to read the settings file " + path);
    } catch (CharacterCodingException e) {
      return new FileReading.Unreadable("the settings file " + path + " is not UTF-8 text");
    } catch (IOException e) {
      return new FileReading.Unreadable("cannot read the settings file " + path + ": " + e);
    }
  }

  /// Prints why settings are refused.
  public static int refuse(SettingsReading.Refused refused, Terminal terminal) {
    refused.problems().forEach(problem -> terminal.err().println("forebay: " + problem.describe()));
    return ExitStatus.SETTINGS.code();
  }
}
