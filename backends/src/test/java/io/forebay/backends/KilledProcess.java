package io.forebay.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process of the tests' own that is killed (kill -9) in the middle of its work.
public final class KilledProcess {

  private KilledProcess() {}

  /// Runs it, and kills it when it has printed so many lines.
  ///
  /// @param main what it runs
  /// @param heap its most memory, as for `-Xmx`
  /// @return the whole lines that it had printed
  public static List<String> linesOf(Class<?> main, String heap, int lines, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> whole = new ArrayList<>();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String line = output.readLine();
      for (int i = 0; line != null; i++) {
        if (i == lines) {
          process.toHandle().destroyForcibly();
        }
        String next = output.readLine();
        if (next != null) { // the last line may be cut short
          whole.add(line);
        }
        line = next;
      }
    } finally {
      process.destroyForcibly();
    }
    return whole;
  }
}
