package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.Mutations;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
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

  private static final String FILE =
      """
      # the shop
      http://10.0.0.5:8080 weight=2

      - http://[2001:db8::1]:8080  priority=2 weight=100 # new
      https://app.internal
      srv+https://_web._tcp.app.internal
      """;

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r",
          "\t",
          " ",
          "#",
          "- ",
          ":",
          "/",
          "[",
          "]",
          "@",
          "?",
          "%",
          "=",
          "\0",
          "\u00ff",
          "\u2028",
          "http://",
          "https://",
          "srv+http://",
          "file:",
          "file:\0",
          "weight=",
          "weight=999",
          "priority=0",
          "65536",
          "-1",
          "999999999999",
          "::1",
          "..");

  @Test
  void nearlyRightFilesAreReadOrRefusedWithAPlace(@TempDir Path folder) throws Exception {
    run(folder, Duration.ofSeconds(1));
  }

  @Test
  @Tag("long")
  void nearlyRightFilesAreReadOrRefusedWithAPlaceForTenMinutes(@TempDir Path folder)
      throws Exception {
    run(folder, Duration.ofMinutes(10));
  }

  /// What is read says the same when it is written and read again.
  private static void run(Path folder, Duration howLong) throws Exception {
    long seed = Long.getLong("forebay.seed", System.nanoTime());
    System.out.println("OriginFileTest: -Dforebay.seed=" + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("origins.txt");
    long end = System.nanoTime() + howLong.toNanos();
    int read = 0;
    int wrong = 0;
    while (System.nanoTime() - end < 0 || read == 0 || wrong == 0) {
      StringBuilder text = new StringBuilder(FILE);
      Mutations.mutate(text, random.nextInt(4), random, PIECES);
      // Bytes above 0x7f are no UTF-8 then.
      var charset = random.nextInt(8) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
      Files.write(file, text.toString().getBytes(charset));
      String about = "seed " + seed + ":\n" + text;
      switch (OriginFile.read(file.toString())) {
        case OriginFile.Reading.Read(var sources) -> {
          read++;
          assertThat(sources).as(about).isNotEmpty();
          for (OriginSource source : sources) {
            assertThat(OriginSource.read(source.toString()))
                .as(about)
                .isEqualTo(new OriginSource.Reading.Read(source));
          }
        }
        case OriginFile.Reading.Wrong(var why) -> {
          wrong++;
          assertThat(why).as(about).startsWith(file + ":");
          assertThat(why.chars().noneMatch(Character::isISOControl)).as(about + why).isTrue();
        }
      }
    }
  }
}
