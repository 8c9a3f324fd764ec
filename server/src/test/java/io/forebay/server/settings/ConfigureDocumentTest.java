package io.forebay.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigureDocumentTest {

  @Test
  void theDocumentSaysWhatTheDeclarationsSay() throws IOException {
    Path file = Path.of("..", "docs", "configure.md");
    assertThat(file).as("make it with: ./forebay config docs > docs/configure.md").exists();
    assertThat(Files.readString(file))
        .as("out of date; make it again with: ./forebay config docs > docs/configure.md")
        .isEqualTo(ConfigureDocument.markdown());
  }

  @Test
  void everyExampleInItIsAccepted() {
    Settings.GROUPS.forEach(ConfigureDocumentTest::check);
  }

  private static void check(SettingGroup group) {
    assertThat(SettingsReader.read(WrittenSettings.ofFile("example", group.example())))
        .as(group.name())
        .isInstanceOf(SettingsReading.Accepted.class);
    for (SettingField field : group.fields()) {
      if (field instanceof SettingGroup within) {
        check(within);
      }
    }
  }
}
