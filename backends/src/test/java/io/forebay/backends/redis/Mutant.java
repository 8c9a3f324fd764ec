package io.forebay.backends.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/// A source file with one piece of text replaced, compiled, to be laid over a class path: a
/// protection removed on purpose.
///
/// @param file from the modules' common folder
/// @param from must be in it exactly once
record Mutant(String file, String from, String to) {

  /// The class path of this process with the mutant before everything.
  ///
  /// @param folder empty, for what is compiled
  String over(Path folder) {
    try {
      String source = Files.readString(Path.of("..").resolve(file));
      if (source.split(java.util.regex.Pattern.quote(from), -1).length != 2) {
        throw new IllegalStateException("not exactly once in " + file + ": " + from);
      }
      String mutated = source.replace(from, to);
      if (file.endsWith(".lua")) {
        Path copy = folder.resolve(file.substring(file.indexOf("/resources/") + 11));
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, mutated);
      } else {
        compile(folder, mutated);
      }
      return folder + File.pathSeparator + System.getProperty("java.class.path");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void compile(Path folder, String mutated) throws IOException {
    Path copy = Files.createTempDirectory("mutant").resolve(Path.of(file).getFileName());
    Files.writeString(copy, mutated);
    List<String> arguments =
        List.of(
            "-nowarn",
            "-proc:none",
            "-d",
            folder.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            copy.toString());
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IllegalStateException("the mutant of " + file + " does not compile");
    }
  }
}
