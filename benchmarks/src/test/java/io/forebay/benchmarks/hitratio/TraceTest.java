package io.forebay.benchmarks.hitratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {

  @TempDir Path folder;

  @Test
  void readsIdsAndSizesPlainAndCompressed() throws IOException {
    String text = "# small, by hand, 3, 2, true\n0 10\n1 5\n0 12\n";
    Path plain = Files.writeString(folder.resolve("small.trace"), text);
    Path compressed = folder.resolve("small.trace.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
    for (Path file : new Path[] {plain, compressed}) {
      Trace trace = Trace.read(file);
      assertThat(trace.name()).isEqualTo("small");
      assertThat(trace.ids()).containsExactly(0, 1, 0);
      assertThat(trace.sizes()).containsExactly(10, 5, 12);
      assertThat(trace.bytes()).isEqualTo(27);
      assertThat(trace.uniqueIds()).isEqualTo(2);
    }
  }

  @Test
  void aRequestWithoutASizeWeighsOne() throws IOException {
    Trace trace = Trace.read(Files.writeString(folder.resolve("t"), "3\n4\n"));
    assertThat(trace.sizes()).containsExactly(1, 1);
  }

  @Test
  void aBrokenLineIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("t"), "# head\n1\nx 7\n");
    assertThatThrownBy(() -> Trace.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 3")
        .hasMessageContaining("x 7");
  }
}
