package io.forebay.backends.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationJournal.Recovered;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Position;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileJournalTest {

  private static final long EPOCH = 1_000_000;
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(EPOCH), ZoneOffset.UTC);

  @TempDir private Path folder;
  private final TestingDisk disk = new TestingDisk();

  @Test
  void everythingAboutARecordSurvives() throws IOException {
    List<InvalidationOrder> orders = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      for (Scope scope : scopes()) {
        orders.add(new InvalidationOrder(Optional.of("caché"), scope, mode));
        orders.add(new InvalidationOrder(Optional.empty(), scope, mode));
      }
    }
    LogOutcome outcome;
    try (FileJournal journal = open()) {
      assertThat(journal.found()).isEqualTo(new JournalFound.Nothing());
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      outcome = log.append(new InvalidationBatch(Optional.of("id-1"), "alice", "a deploy", orders));
    }
    assertThat(outcome)
        .isEqualTo(new LogOutcome.Kept(new Position(EPOCH, 1), new Position(EPOCH, orders.size())));
    try (FileJournal journal = open()) {
      assertThat(journal.found()).isEqualTo(new JournalFound.Whole());
      Recovered recovered = journal.recovered();
      assertThat(recovered.last()).isEqualTo(outcome.last());
      assertThat(recovered.since()).extracting(InvalidationRecord::order).isEqualTo(orders);
      InvalidationRecord third = recovered.since().get(2);
      assertThat(third.position()).isEqualTo(new Position(EPOCH, 3));
      assertThat(third.id()).isEqualTo("id-1");
      assertThat(third.who()).isEqualTo("alice");
      assertThat(third.why()).isEqualTo("a deploy");
    }
  }

  private static List<Scope> scopes() {
    return List.of(
        new Scope.Keys(Set.of("k", "schlüssel")),
        new Scope.Tags(Set.of("red", "🐟")),
        new Scope.Prefixes(Set.of("users:")),
        new Scope.Patterns(Set.of(GlobPattern.parse("users:*:[a-c]").orElseThrow())),
        new Scope.Urls(Set.of("http://example.com/a?b")),
        new Scope.Hosts(Set.of("example.com")),
        new Scope.Everything());
  }

  @Test
  void numbersGoOnAfterARestart() throws IOException {
    for (int start = 0; start < 3; start++) {
      try (FileJournal journal = open()) {
        InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
        assertThat(tag(log, "red").last()).isEqualTo(new Position(EPOCH, start * 2 + 1));
        assertThat(tag(log, "blue").last()).isEqualTo(new Position(EPOCH, start * 2 + 2));
        assertThat(log.durable()).isEqualTo(log.last());
      }
    }
  }

  @Test
  void aWriteThatWasCutShortAnywhereIsDroppedAsAWhole() throws IOException {
    long before;
    long after;
    try (FileJournal journal = open()) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      tag(log, "kept");
      before = Files.size(segment());
      log.append(batchOf(IntStream.range(0, 5).mapToObj(i -> "lost" + i).toList()));
      after = Files.size(segment());
    }
    Path whole = folder.resolveSibling(folder.getFileName() + "-whole");
    Files.copy(segment(), whole);
    for (long length = before + 1; length < after; length++) {
      Files.copy(whole, segment(), StandardCopyOption.REPLACE_EXISTING);
      try (var channel = java.nio.channels.FileChannel.open(segment(), StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      try (FileJournal journal = open()) {
        assertThat(journal.found()).isEqualTo(new JournalFound.TornTail(length - before));
        assertThat(journal.recovered().last()).isEqualTo(new Position(EPOCH, 1));
      }
      assertThat(Files.size(segment())).isEqualTo(before);
    }
    Files.delete(whole);
  }

  private static InvalidationBatch batchOf(List<String> tags) {
    return new InvalidationBatch(
        Optional.empty(),
        "",
        "",
        tags.stream()
            .map(tag ->
                new InvalidationOrder(Optional.of("c"), new Scope.Tags(Set.of(tag)), Mode.HARD))
            .toList());
  }

  @Test
  void zeroesBehindTheLastRecordAreATornTail() throws IOException {
    writeTags(3);
    Files.write(segment(), new byte[4096], StandardOpenOption.APPEND);
    try (FileJournal journal = open()) {
      assertThat(journal.found()).isEqualTo(new JournalFound.TornTail(4096));
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      assertThat(tag(log, "next").last()).isEqualTo(new Position(EPOCH, 4));
    }
    try (FileJournal journal = open()) {
      assertThat(journal.recovered().since()).hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void damageAnywhereBeforeTheLastRecordBeginsANewEpochInWhichNothingOlderIsTrusted(long seed)
      throws IOException {
    long upToLast = writeTags(20);
    byte[] whole = Files.readAllBytes(segment());
    String name = segment().getFileName().toString();
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      int at = random.nextInt((int) upToLast);
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      clear();
      Files.write(folder.resolve(name), damaged);
      try (FileJournal journal = open()) {
        assertThat(journal.found())
            .as("seed %d, byte %d", seed, at)
            .isInstanceOf(JournalFound.Damaged.class);
        Position zeroth = journal.recovered().last();
        assertThat(zeroth).isEqualTo(new Position(EPOCH + 1, 0));
        assertThat(journal.recovered().summary().floorOfOthers()).contains(zeroth);
        assertThat(folder.resolve(name + ".damaged")).exists();
      }
    }
  }

  @Test
  void aFolderHasOneUserAtATime() throws IOException {
    try (FileJournal _ = open()) {
      assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("locked");
    }
    open().close();
  }

  @Test
  void aLongSegmentIsReplacedByTheBarriersThatAreLeft() throws IOException {
    TestingListener cache = new TestingListener();
    Position last;
    try (FileJournal journal = FileJournal.open(folder, 10_000, CLOCK, disk)) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      log.subscribe("c", cache);
      for (int i = 0; i < 2_000; i++) {
        tag(log, "tag" + i % 50);
        assertThat(folderBytes()).isLessThan(40_000);
      }
      last = log.last();
    }
    assertThat(last).isEqualTo(new Position(EPOCH, 2_000));
    TestingListener again = new TestingListener();
    TestingListener other = new TestingListener();
    try (FileJournal journal = open()) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      assertThat(log.last()).isEqualTo(last);
      log.subscribe("c", again);
      log.subscribe("other", other);
    }
    assertThat(again.tags).isEqualTo(cache.tags).hasSize(50);
    assertThat(other.tags).isEmpty();
  }

  @Test
  void aCacheThatWasNotThereWhenASegmentWasReplacedTrustsNothingFromBefore() throws IOException {
    try (FileJournal journal = FileJournal.open(folder, 1, CLOCK, disk)) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      tag(log, "red");
    }
    TestingListener late = new TestingListener();
    try (FileJournal journal = open()) {
      new InProcessInvalidationLog(journal, TimeSource.SYSTEM).subscribe("c", late);
    }
    assertThat(late.floor).isEqualTo(new Position(EPOCH, 1));
  }

  @Test
  void whatAFullDiskCannotTakeIsInForceButReportedAndKeptWhenThereIsRoomAgain() throws IOException {
    TestingListener cache = new TestingListener();
    try (FileJournal journal = openOn(disk)) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      log.subscribe("c", cache);
      tag(log, "before");
      disk.room.set(10);
      LogOutcome outcome = tag(log, "during");
      assertThat(outcome)
          .isEqualTo(
              new LogOutcome.NotKept(
                  new Position(EPOCH, 2),
                  new Position(EPOCH, 2),
                  "the invalidation log cannot be written: No space left on device"));
      assertThat(cache.tags).containsKey("during");
      assertThat(log.durable()).isEqualTo(new Position(EPOCH, 1));

      disk.room.set(Long.MAX_VALUE);
      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .until(() -> log.durable().equals(new Position(EPOCH, 2)));
      assertThat(tag(log, "after")).isInstanceOf(LogOutcome.Kept.class);
    }
    TestingListener again = new TestingListener();
    try (FileJournal journal = open()) {
      assertThat(journal.found()).isEqualTo(new JournalFound.Whole());
      new InProcessInvalidationLog(journal, TimeSource.SYSTEM).subscribe("c", again);
    }
    assertThat(again.tags).containsOnlyKeys("before", "during", "after");
  }

  @Test
  void aFullDiskThatCannotTakeAShorterSegmentLeavesTheLongOne() throws IOException {
    try (FileJournal journal = FileJournal.open(folder, 1, CLOCK, disk)) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      log.subscribe("c", new TestingListener());
      disk.room.set(Segment.batchFrame(recordsLike("red")).remaining());
      assertThat(tag(log, "red")).isInstanceOf(LogOutcome.Kept.class);
      Awaitility.await().until(() -> journal.shorteningsFailed() == 1);
    }
    try (FileJournal journal = open()) {
      assertThat(journal.found()).isEqualTo(new JournalFound.Whole());
      assertThat(journal.recovered().since()).hasSize(1);
    }
  }

  private static List<InvalidationRecord> recordsLike(String tag) {
    return List.of(
        new InvalidationRecord(
            new Position(EPOCH, 1),
            EPOCH + "-1",
            Instant.EPOCH,
            "",
            "",
            batchOf(List.of(tag)).orders().getFirst()));
  }

  @Test
  void callersThatWaitTogetherShareOneForce() throws Exception {
    try (FileJournal journal = openOn(disk)) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      disk.permits.drainPermits();
      int before = disk.forces.get();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        String name = "tag" + i;
        callers.add(Thread.ofVirtual().start(() -> tag(log, name)));
      }
      Awaitility.await().until(() -> log.last().n() == 30);
      assertThat(log.durable().n()).as("nobody is told before the disk has it").isZero();
      disk.permits.release(1_000);
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(log.durable().n()).isEqualTo(30);
      assertThat(disk.forces.get() - before).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void afterClosingNothingIsKept() throws IOException {
    FileJournal journal = open();
    InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
    journal.close();
    assertThat(tag(log, "late")).isInstanceOf(LogOutcome.NotKept.class);
  }

  @Test
  void aSnapshotLargerThanAFrameComesBackWhole() throws IOException {
    TestingListener cache = new TestingListener();
    try (FileJournal journal = FileJournal.open(folder, 1 << 20, CLOCK, disk)) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      log.subscribe("c", cache);
      for (int batch = 0; batch < 60; batch++) {
        String start = "a tag with a name that is rather long, number " + batch + "-";
        log.append(batchOf(IntStream.range(0, 1_000).mapToObj(i -> start + i).toList()));
      }
    }
    TestingListener again = new TestingListener();
    try (FileJournal journal = open()) {
      assertThat(journal.recovered().summary().caches()).containsKey("c");
      new InProcessInvalidationLog(journal, TimeSource.SYSTEM).subscribe("c", again);
    }
    assertThat(again.tags).isEqualTo(cache.tags).hasSize(60_000);
  }

  // ---- small things

  private long writeTags(int count) throws IOException {
    long upToLast = 0;
    try (FileJournal journal = open()) {
      InProcessInvalidationLog log = new InProcessInvalidationLog(journal, TimeSource.SYSTEM);
      for (int i = 0; i < count; i++) {
        upToLast = Files.size(segment());
        tag(log, "tag" + i);
      }
    }
    return upToLast;
  }

  private FileJournal open() throws IOException {
    return openOn(Disk.REAL);
  }

  private FileJournal openOn(Disk disk) throws IOException {
    return FileJournal.open(folder, FileJournal.DEFAULT_SEGMENT_BYTES, CLOCK, disk);
  }

  static LogOutcome tag(InProcessInvalidationLog log, String name) {
    return log.append(batchOf(List.of(name)));
  }

  private Path segment() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> Segment.positionIn(file).isPresent()).findFirst().orElseThrow();
    }
  }

  private void clear() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private long folderBytes() throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        sum += Files.exists(file) ? file.toFile().length() : 0;
      }
    }
    return sum;
  }
}
