package io.forebay.server.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Settings files that are nearly right: never an exception, always an answer, and each problem in
/// one line, with its place in the file if it is about something that is there.
@Tag("checker")
class FuzzedSettingsTest {

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r",
          "\t",
          "  ",
          ": ",
          "- ",
          "{",
          "}",
          "[",
          "]",
          "\"",
          "\"\\n\"",
          "'",
          "#",
          "&a ",
          "*a",
          "!!int ",
          "|\n",
          ">\n",
          "---\n",
          "? ",
          "~",
          "\0",
          "\u00ff",
          "\ud83d\ude00",
          "*",
          "{path.1}",
          "-1",
          "0",
          "999999999999999999999s",
          "1e9",
          "24855d",
          "9EiB",
          "file:",
          "file:\0",
          "srv+http://",
          "http://[::1]:80",
          "proxy:\n",
          "routes:\n",
          "default: ",
          "stale_if_error: ");

  @Test
  void nearlyRightFilesAreAcceptedOrRefusedWithPlaces() throws IOException {
    run(Duration.ofSeconds(3));
  }

  @Test
  @Tag("long")
  void nearlyRightFilesAreAcceptedOrRefusedWithPlacesForTenMinutes() throws IOException {
    run(Duration.ofMinutes(10));
  }

  @Test
  void aProblemIsOneLineWhateverStandsInTheFile() {
    SettingsReading reading = read("api: {listen: \"a\\n\\e[31mb\"}", 0);
    assertThat(((SettingsReading.Refused) reading).problems())
        .extracting(SettingProblem::describe)
        .singleElement()
        .asString()
        .contains("but found \"a??[31mb\"");
  }

  private static void run(Duration howLong) throws IOException {
    long seed = Long.getLong("forebay.seed", System.nanoTime());
    System.out.println("FuzzedSettingsTest: -Dforebay.seed=" + seed);
    Random random = new Random(seed);
    List<String> examples = examples();
    assertThat(examples).hasSizeGreaterThan(20);
    long end = System.nanoTime() + howLong.toNanos();
    int accepted = 0;
    int refused = 0;
    while (System.nanoTime() - end < 0 || accepted == 0 || refused == 0) {
      StringBuilder yaml = new StringBuilder(examples.get(random.nextInt(examples.size())));
      Mutations.mutate(yaml, random.nextInt(4), random, PIECES);
      // As it is read from a file: a half of a pair of surrogates cannot come from there.
      String text = new String(yaml.toString().getBytes(UTF_8), UTF_8);
      switch (read(text, seed)) {
        case SettingsReading.Accepted _ -> accepted++;
        case SettingsReading.Refused(var problems) -> {
          refused++;
          assertPlaces(problems, "seed " + seed + ":\n" + text);
        }
      }
    }
  }

  private static SettingsReading read(String yaml, long seed) {
    try {
      return SettingsReader.read(WrittenSettings.ofFile("f.yaml", yaml));
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + ":\n" + yaml, e);
    }
  }

  private static void assertPlaces(List<SettingProblem> problems, String about) {
    assertThat(problems).as(about).isNotEmpty();
    for (SettingProblem problem : problems) {
      assertThat(problem.message()).as(about).isNotBlank();
      String line = problem.describe();
      assertThat(line.chars().noneMatch(Character::isISOControl)).as(line + about).isTrue();
      switch (problem.origin()) {
        // What is missing is nowhere, and so named.
        case SettingOrigin.Default() -> assertThat(line).as(about).contains(problem.setting());
        case SettingOrigin.File(var path, var row, var column) -> {
          assertThat(line).as(about).startsWith(path + ":" + row + ":" + column + ": ");
          assertThat(row).as(about).isPositive();
          assertThat(column).as(about).isPositive();
        }
        case SettingOrigin.Environment _, SettingOrigin.EnvFile _, SettingOrigin.Flag _ ->
            throw new AssertionError(line + about);
      }
    }
  }

  /// Those of the declarations, and of the documentation.
  private static List<String> examples() throws IOException {
    List<String> examples = new ArrayList<>();
    Settings.GROUPS.forEach(group -> collect(group, examples));
    for (String document : List.of("rules", "tiers", "fleet", "origins", "safety")) {
      Path path = Path.of("..", "docs", "concepts", document + ".md");
      Matcher example = YAML.matcher(Files.readString(path));
      while (example.find()) {
        examples.add(example.group(1));
      }
    }
    return examples;
  }

  private static void collect(SettingGroup group, List<String> examples) {
    if (!group.example().isEmpty()) {
      examples.add(group.example());
    }
    group
        .fields()
        .forEach(field -> {
          if (field instanceof SettingGroup within) {
            collect(within, examples);
          }
        });
  }
}
