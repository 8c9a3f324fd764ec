package io.forebay.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Runs the commands of the README's quick start as they are printed there: a `./forebay` block in
/// the background, the others by the shell. A comment `# → text` promises that the command before
/// it printed that text.
class ReadmeQuickStartIT {

  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final String PROMISE = "# → ";

  @Test
  void theCommandsDoWhatTheReadmeSays() throws Exception {
    String readme = Files.readString(ForebayProcess.ROOT.resolve("README.md"));
    String quickStart =
        readme.substring(readme.indexOf("## Quick start"), readme.indexOf("## In front of"));
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(quickStart);
    while (matcher.find()) {
      blocks.add(matcher.group(1).strip());
    }
    assertThat(blocks.getFirst()).isEqualTo("./forebay demo");
    int promises = 0;
    try (ForebayProcess demo = ForebayProcess.startOnDefaultPorts(List.of("demo"))) {
      for (String block : blocks.subList(1, blocks.size())) {
        promises += run(block);
      }
      assertThat(promises).isGreaterThanOrEqualTo(8);
      assertThat(demo.stop()).as("exit status after being asked to stop").isZero();
    }
  }

  /// Runs a block command by command; how many promises it kept.
  private static int run(String block) throws Exception {
    int kept = 0;
    StringBuilder command = new StringBuilder();
    String printed = "";
    for (String line : block.lines().toList()) {
      if (line.startsWith(PROMISE)) {
        assertThat(printed).as(block).contains(line.substring(PROMISE.length()));
        kept++;
        continue;
      }
      command.append(line).append('\n');
      if (!line.endsWith("\\")) {
        printed = shell(command.toString());
        command.setLength(0);
      }
    }
    return kept;
  }

  private static String shell(String command) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-ec", command)
            .directory(ForebayProcess.ROOT.toFile())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command).isTrue();
    assertThat(process.exitValue()).as(command + printed).isZero();
    return printed;
  }
}
