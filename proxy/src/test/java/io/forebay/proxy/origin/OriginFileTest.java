package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginFileTest {

  @Test
  void linesAreOriginsWithCommentsAndPerhapsAsAYamlList() {
    var reading =
        OriginFile.parse(
            "f",
            """
            # the shop
            http://10.0.0.5:8080 weight=2

            - http://10.0.0.6:8080   # new
            https://app.internal
            """);
    assertThat(((OriginFile.Reading.Read) reading).sources())
        .extracting(Object::toString)
        .containsExactly(
            "http://10.0.0.5:8080 weight=2", "http://10.0.0.6:8080", "https://app.internal:443");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|f: lists no origin",
        "# nothing|f: lists no origin",
        "http://a\\nb:80|f:2: expected an origin's address without a path, such as"
            + " http://127.0.0.1:3000, but found \"b:80\"",
        "http://a weight=0|f:1: expected an origin's address without a path, such as"
            + " http://127.0.0.1:3000, but found \"http://a weight=0\" (\"weight=0\" is neither"
            + " weight=N nor priority=N with N from 1 to 100)",
        "file:other|f:1: a file of origins names no further file",
      })
  void whatIsWrongIsNamedWithItsPlace(String text, String why) {
    assertThat(OriginFile.parse("f", text.replace("\\n", "\n")))
        .isEqualTo(new OriginFile.Reading.Wrong(why));
  }

  @Test
  void aFileThatCannotBeReadSaysWhy(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing");
    assertThat(OriginFile.read(missing.toString()))
        .isEqualTo(new OriginFile.Reading.Wrong(missing + ": there is no such file"));
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(OriginFile.read(binary.toString()))
        .isEqualTo(new OriginFile.Reading.Wrong(binary + ": not UTF-8 text"));
    Path large =
        Files.writeString(folder.resolve("large"), "#".repeat(2 << 20), StandardCharsets.US_ASCII);
    assertThat(OriginFile.read(large.toString()))
        .isEqualTo(
            new OriginFile.Reading.Wrong(large + ": larger than 1 MiB: not a list of origins"));
  }
}
