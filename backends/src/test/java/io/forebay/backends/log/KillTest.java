package io.forebay.backends.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.backends.KilledProcess;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Position;
import io.forebay.cache.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 in the middle of acknowledged invalidations, again and again in one folder.
class KillTest {

  @TempDir private Path folder;

  @Test
  void everyAcknowledgedInvalidationOutlivesKillNine() throws Exception {
    kill(2, 500);
  }

  @Tag("long")
  @Test
  void everyAcknowledgedInvalidationOutlivesManyKills() throws Exception {
    kill(20, 2_000);
  }

  private void kill(int rounds, int linesBefore) throws Exception {
    List<String> acknowledged = new ArrayList<>();
    Position before = new Position(0, 0);
    for (int round = 0; round < rounds; round++) {
      acknowledged.addAll(runAndKill("r" + round + "-", linesBefore + 37 * round));
      TestingListener recovered = new TestingListener();
      try (FileJournal journal = FileJournal.open(folder)) {
        assertThat(journal.found())
            .isInstanceOfAny(JournalFound.Whole.class, JournalFound.TornTail.class);
        InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
        assertThat(log.last()).isGreaterThan(before);
        assertThat(round == 0 || log.last().epoch() == before.epoch()).isTrue();
        before = log.last();
        log.subscribe("c", recovered);
      }
      assertThat(recovered.tags)
          .as("round %d", round)
          .containsKeys(acknowledged.toArray(String[]::new));
      for (String tag : recovered.tags.keySet()) {
        if (tag.endsWith(".0")) {
          int batch = Integer.parseInt(tag.substring(tag.lastIndexOf('-') + 1, tag.length() - 2));
          String last = tag.substring(0, tag.length() - 1) + batch % 5;
          assertThat(recovered.tags).as("batches come back whole").containsKey(last);
        }
      }
    }
  }

  private List<String> runAndKill(String start, int lines) throws IOException {
    List<String> acknowledged = new ArrayList<>();
    for (String line :
        KilledProcess.linesOf(KilledJournal.class, "256m", lines, folder.toString(), start)) {
      acknowledged.addAll(List.of(line.split(" ", -1)));
    }
    assertThat(acknowledged).hasSizeGreaterThan(lines);
    return acknowledged;
  }
}
