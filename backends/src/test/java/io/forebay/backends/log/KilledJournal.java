package io.forebay.backends.log;

import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The process that [KillTest] kills: invalidates ever-new tags in batches from several threads and
/// prints each tag once it is acknowledged, until its end.
public final class KilledJournal {

  private KilledJournal() {}

  /// @param arguments the journal's folder, and a word that begins every tag
  public static void main(String[] arguments) throws Exception {
    FileJournal journal =
        FileJournal.open(Path.of(arguments[0]), 50_000, Clock.systemUTC(), Disk.REAL);
    InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
    log.subscribe("c", new TestingListener());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String start = arguments[1] + i + "-";
      threads.add(Thread.ofPlatform().start(() -> invalidate(log, start)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void invalidate(InProcessInvalidationLog log, String start) {
    for (int batch = 0; batch < 100_000; batch++) {
      List<InvalidationOrder> orders = new ArrayList<>();
      StringBuilder line = new StringBuilder();
      for (int i = 0; i <= batch % 5; i++) {
        String tag = start + batch + "." + i;
        orders.add(new InvalidationOrder(Optional.of("c"), new Scope.Tags(Set.of(tag)), Mode.HARD));
        line.append(line.isEmpty() ? "" : " ").append(tag);
      }
      LogOutcome outcome = log.append(new InvalidationBatch(Optional.empty(), "", "", orders));
      if (outcome instanceof LogOutcome.Kept) {
        System.out.println(line);
      }
    }
  }
}
