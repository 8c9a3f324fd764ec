package io.forebay.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the documentation says to write is what `config check` accepts.
class DocumentedExamplesTest {

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @ParameterizedTest
  @CsvSource({
    "docs/concepts/rules.md, 6",
    "docs/concepts/origins.md, 2",
    "docs/concepts/protocols.md, 3",
    "docs/concepts/tiers.md, 1",
    "docs/operate.md, 1",
    "README.md, 1"
  })
  void everyExampleIsAccepted(String document, int atLeast) throws IOException {
    Matcher example = YAML.matcher(Files.readString(Path.of("..", document)));
    int examples = 0;
    while (example.find()) {
      assertThat(SettingsReader.read(WrittenSettings.ofFile(document, example.group(1))))
          .as(example.group(1))
          .isInstanceOf(SettingsReading.Accepted.class);
      examples++;
    }
    assertThat(examples).isGreaterThanOrEqualTo(atLeast);
  }
}
