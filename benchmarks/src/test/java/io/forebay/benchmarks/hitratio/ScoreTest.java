package io.forebay.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreTest {

  @TempDir Path folder;

  @Test
  void aScoreIsTheShareOfTheGapClippedToOne() {
    ReferenceCell cell = new ReferenceCell("t", 10, 0.2, 0.6);
    assertThat(cell.score(0.3)).isCloseTo(0.25, within(1e-9));
    assertThat(cell.score(0.9)).isEqualTo(1);
    assertThat(cell.score(-0.9)).isEqualTo(-1);
  }

  @Test
  void cellsWithNothingToWinOrOfCordaAreNotScored() {
    assertThat(new ReferenceCell("t", 10, 0.2, 0.209).isScored()).isFalse();
    assertThat(new ReferenceCell("corda", 10, 0.2, 0.9).isScored()).isFalse();
    assertThat(new ReferenceCell("t", 10, 0.2, 0.22).isScored()).isTrue();
  }

  @Test
  void cellsOfOneSizeCountOnceAndEveryContenderGetsATotal() throws IOException {
    Files.writeString(
        folder.resolve("hit-ratios.csv"),
        """
        trace,entries,percent_of_unique,LRU,FIFO,MIN
        loop,16,0.1,0.000000,0.000000,0.500000
        loop,16,1,0.000000,0.000000,0.500000
        """);
    StringBuilder loop = new StringBuilder("# loop\n");
    for (int i = 0; i < 3_000; i++) {
      loop.append(i % 32).append('\n');
    }
    Files.createDirectory(folder.resolve("requests"));
    Path plain = folder.resolve("requests").resolve("loop.trace.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(plain))) {
      out.write(loop.toString().getBytes(StandardCharsets.US_ASCII));
    }
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Score.print(
        folder,
        List.of(new Contender("lru"), new Contender("caffeine")),
        new PrintStream(printed, true, StandardCharsets.UTF_8));
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).contains("loop,16,lru,0.000000,0.000000,0.500000,0.000");
    assertThat(lines).contains("lru,0.000,1,0.00,loop@16");
    assertThat(lines.getLast()).startsWith("caffeine,0.").contains(",1,");
  }
}
