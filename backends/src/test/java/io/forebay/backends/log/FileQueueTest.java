package io.forebay.backends.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import io.forebay.cache.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileQueueTest {

  @TempDir Path folder;

  private static List<InvalidationRecord> batch(String tag) {
    return List.of(
        new InvalidationRecord(
            new Position(7, 1),
            "of " + tag,
            Instant.EPOCH,
            "me",
            "",
            new InvalidationOrder(
                Optional.empty(), new Scope.Tags(Set.of(tag)), Invalidation.Mode.HARD)));
  }

  private List<String> recovered(Path file) throws IOException {
    try (FileQueue queue = FileQueue.open(file)) {
      return queue.recovered().stream().map(records -> records.getFirst().id()).toList();
    }
  }

  @Test
  void whatAWriteThatFailedLeftBehindDoesNotHideWhatComesAfterIt() throws IOException {
    Path file = folder.resolve("queue");
    try (FileQueue queue = FileQueue.open(file)) {
      queue.add(batch("a"));
      Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND); // half a frame
      queue.add(batch("b"));
    }
    assertThat(recovered(file)).containsExactly("of a", "of b");
  }

  @Test
  void whatWasClearedIsGoneAndATornEndIsCutOff() throws IOException {
    Path file = folder.resolve("queue");
    try (FileQueue queue = FileQueue.open(file)) {
      queue.add(batch("a"));
      queue.clear();
      queue.add(batch("b"));
    }
    Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    assertThat(recovered(file)).containsExactly("of b");
    assertThat(recovered(file)).containsExactly("of b");
  }
}
