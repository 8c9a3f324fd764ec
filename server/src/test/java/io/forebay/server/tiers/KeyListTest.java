package io.forebay.server.tiers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyListTest {

  @TempDir private Path folder;

  @Test
  void keysComeBackInTheirOrderAndNoMoreThanAskedFor() throws IOException {
    Path file = folder.resolve("new/list");
    List<String> keys = List.of("b", "a\nb", "http://x/ü", "\u0000");
    KeyList.write(file, keys);
    assertThat(KeyList.read(file, 10)).isEqualTo(keys);
    assertThat(KeyList.read(file, 2)).containsExactly("b", "a\nb");
    KeyList.write(file, List.of());
    assertThat(KeyList.read(file, 10)).isEmpty();
  }

  @Test
  void aListThatIsNotThereIsEmpty() throws IOException {
    assertThat(KeyList.read(folder.resolve("missing"), 10)).isEmpty();
  }

  @Test
  void whatIsDamagedIsRefused() throws IOException {
    Path file = folder.resolve("list");
    KeyList.write(file, List.of("one", "two"));
    byte[] good = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(good, 2));
    assertThatThrownBy(() -> KeyList.read(file, 10)).isInstanceOf(IOException.class);
    byte[] odd = good.clone();
    odd[8] = 1; // a length of more than sixteen million
    Files.write(file, odd);
    assertThatThrownBy(() -> KeyList.read(file, 10)).hasMessageContaining("damaged");
    Files.write(file, new byte[8]);
    assertThatThrownBy(() -> KeyList.read(file, 10)).hasMessageContaining("no list of keys");
  }
}
