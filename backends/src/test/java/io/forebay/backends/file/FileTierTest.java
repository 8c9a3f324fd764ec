package io.forebay.backends.file;

import static io.forebay.backends.TestingValues.KEY;
import static io.forebay.backends.TestingValues.begin;
import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.kind;
import static io.forebay.backends.TestingValues.read;
import static io.forebay.backends.TestingValues.value;
import static io.forebay.backends.TestingValues.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.cache.Precondition;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Restarts, bounds, damage and full disks.
class FileTierTest {

  private static final int SEGMENT = 64 << 10;

  @TempDir private Path folder;
  private @Nullable FileTier tier;

  @AfterEach
  void end() {
    if (tier != null) {
      tier.close();
    }
  }

  private FileTierSettings settings() {
    return FileTierSettings.of(folder)
        .withBytes(16 * SEGMENT, SEGMENT)
        .withDeadline(Duration.ofSeconds(20));
  }

  private FileTier open() throws IOException {
    return open(settings());
  }

  private FileTier open(FileTierSettings settings) throws IOException {
    FileTier opened = FileTier.open(settings, TierObserver.NONE);
    tier = opened;
    return opened;
  }

  private FileTier reopen(FileTier before) throws IOException {
    before.close();
    return open();
  }

  private static void put(FileTier used, String name, String text) {
    assertThat(kind(used.write(key(name), value(text), Precondition.NONE, 0))).isEqualTo("Stored");
  }

  private List<Path> segments() throws IOException {
    List<Path> files = new ArrayList<>();
    for (int number : Recovery.numbers(folder)) {
      files.add(TierSegment.path(folder, number));
    }
    return files;
  }

  /// Turns over a byte of a file.
  private static void damage(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int before = bytes.read();
      bytes.seek(at);
      bytes.write(~before);
    }
  }

  // ---- restarts

  @Test
  void valuesRemovalsAndVersionsOutliveARestart() throws IOException {
    FileTier first = open();
    put(first, "gone", "x");
    long version = ((TierWrite.Stored) write(first, "v")).version();
    assertThat(first.removeAll(Set.of(key("gone")))).isEmpty();
    FileTier second = reopen(first);
    assertThat(read(second)).isEqualTo("v");
    assertThat(read(second, key("gone"))).isEqualTo("nothing");
    assertThat(second.write(KEY, value("w"), new Precondition.VersionIn(Set.of(version)), 0))
        .isInstanceOfSatisfying(
            TierWrite.Stored.class, stored -> assertThat(stored.version()).isGreaterThan(version));
    assertThat(read(reopen(second))).isEqualTo("w");
  }

  @Test
  void aSecondProcessIsToldThatTheFolderIsInUse() throws IOException {
    open();
    assertThatThrownBy(() -> FileTier.open(settings(), TierObserver.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another process uses this folder");
  }

  @Test
  void aFolderThatCannotBeMadeIsTold() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(
            () -> FileTier.open(FileTierSettings.of(file.resolve("tier")), TierObserver.NONE))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatWasNotForcedIsNotTrustedAfterTheMachineEnded() throws IOException {
    FileTier first = open();
    write(first, "v");
    first.close();
    Path state = folder.resolve("state");
    String seed = Files.readString(state).split(" ", -1)[2];
    Files.writeString(state, "forebay-tier 1 " + seed + " open another-run forced\n");
    FileTier second = open();
    assertThat(read(second)).isEqualTo("v");
    second.close();
    Files.writeString(state, "forebay-tier 1 " + seed + " open another-run unforced\n");
    FileTier third = open();
    assertThat(third.figures().distrusted()).isTrue();
    assertThat(read(third)).isEqualTo("nothing");
    write(third, "w");
    assertThat(read(reopen(third))).isEqualTo("w");
  }

  @Test
  void writesAndRemovalsAreForcedIfThatIsWantedAndFillsAreNot() throws IOException {
    TestingDisk disk = new TestingDisk();
    FileTier used = FileTier.open(settings().withForced(true), TierObserver.NONE, disk);
    tier = used;
    used.fill(begin(used), value("filled"));
    assertThat(disk.forces).hasValue(0);
    write(used, "v");
    assertThat(disk.forces).hasValue(1);
    used.remove(KEY, Precondition.NONE);
    assertThat(disk.forces).hasValue(2);
  }

  @Test
  void whatWasWrittenUnforcedIsForcedBeforeTheFolderIsSaidToBe() throws IOException {
    FileTier unforced = open();
    for (int i = 0; i < 20; i++) {
      put(unforced, "big" + i, "x".repeat(10_000));
    }
    unforced.close();
    int found = segments().size();
    assertThat(found).isGreaterThan(1);
    TestingDisk disk = new TestingDisk();
    tier = FileTier.open(settings().withForced(true), TierObserver.NONE, disk);
    assertThat(disk.forces).hasValue(found);
  }

  @Test
  void changesThatBeginAnotherSegmentAreForcedInBoth() throws IOException {
    TestingDisk disk = new TestingDisk();
    FileTier used = FileTier.open(settings().withForced(true), TierObserver.NONE, disk);
    tier = used;
    Set<TierKey> many = new HashSet<>();
    for (int i = 0; i < 250; i++) {
      many.add(key("k" + i));
    }
    int began = 0;
    for (int round = 0; round < 100 && began < 3; round++) {
      for (TierKey one : many) {
        used.fill(((FillStart.Granted) used.beginFill(one, false)).ticket(), value("v"));
      }
      int before = segments().size();
      assertThat(used.removeAll(many)).isEmpty(); // one write for all
      began += segments().size() - before;
    }
    assertThat(began).as("segments that removals began").isGreaterThanOrEqualTo(3);
    assertThat(disk.closedUnforced).hasValue(0);
    assertThat(disk.folderForces).hasValueGreaterThanOrEqualTo(segments().size());
  }

  // ---- bounds

  @Test
  void theOldestSegmentGoesAndFillsOfBeforeItAreRefused() throws IOException {
    FileTier used = open();
    FillStart.Ticket before = begin(used);
    write(used, "oldest");
    for (int i = 0; i < 200; i++) {
      put(used, "big" + i, "x".repeat(10_000));
    }
    assertThat(used.figures().bytes()).isBetween(12L * SEGMENT, 16L * SEGMENT);
    assertThat(used.figures().dropped()).isGreaterThan(10);
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(read(used, key("big199"))).hasSize(10_000);
    assertThat(used.fill(before, value("old"))).isEqualTo(new TierWrite.Overtaken());
    assertThat(kind(used.fill(begin(used), value("new")))).isEqualTo("Stored");
    FileTier again = reopen(used);
    assertThat(read(again)).isEqualTo("new");
    assertThat(again.figures().bytes()).isLessThanOrEqualTo(16L * SEGMENT);
  }

  @Test
  void theIndexIsBoundedAndWhatItForgetsDoesNotComeBack() throws IOException {
    FileTier used = open(settings().withMaxEntries(1_024));
    FillStart.Ticket before = begin(used);
    put(used, "removed", "x");
    used.removeAll(Set.of(key("removed")));
    for (int i = 0; i < 5_000; i++) {
      put(used, "k" + i, "v");
    }
    assertThat(used.figures().entries()).isLessThan(1_200);
    assertThat(read(used, key("k4999"))).isEqualTo("v");
    assertThat(used.fill(before, value("old"))).isEqualTo(new TierWrite.Overtaken());
    used.removeAll(Set.of(key("k4998"), key("k1")));
    used.close();
    FileTier again = open(settings().withMaxEntries(1_024));
    assertThat(read(again, key("removed"))).isEqualTo("nothing");
    assertThat(read(again, key("k4998"))).isEqualTo("nothing");
    assertThat(read(again, key("k1"))).isEqualTo("nothing");
    assertThat(read(again, key("k4999"))).isEqualTo("v");
  }

  @Test
  void manyTombstonesPushEachOtherOut() throws IOException {
    FileTier used = open(settings().withMaxEntries(1_024));
    FillStart.Ticket before = begin(used);
    for (int i = 0; i < 5_000; i++) {
      used.remove(key("k" + i), Precondition.NONE);
    }
    assertThat(used.figures().entries()).isLessThan(1_200);
    assertThat(used.fill(before, value("old"))).isEqualTo(new TierWrite.Overtaken());
    assertThat(kind(used.fill(begin(used), value("new")))).isEqualTo("Stored");
  }

  @Test
  void aValueThatIsTooLargeIsRefused() throws IOException {
    FileTier used = open();
    write(used, "v");
    assertThat(write(used, "x".repeat(SEGMENT / 4))).isEqualTo(new TierWrite.TooLarge());
    assertThat(read(used)).isEqualTo("v");
  }

  // ---- damage

  @Test
  void aDamagedRecordIsNotServedAndCounted() throws IOException {
    FileTier used = open();
    write(used, "v".repeat(100));
    damage(segments().getFirst(), 200);
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(used.figures().damaged()).isEqualTo(1);
  }

  @Test
  void nothingFromBeforeADamagedPlaceIsTrustedAfterARestart() throws IOException {
    FileTier used = open();
    put(used, "removed", "x");
    put(used, "kept", "x");
    used.close();
    long removal = Files.size(segments().getFirst());
    FileTier next = open();
    next.removeAll(Set.of(key("removed")));
    put(next, "later", "v");
    next.close();
    damage(segments().getFirst(), removal + 20);
    FileTier again = open();
    assertThat(again.figures().damaged()).isEqualTo(1);
    assertThat(read(again, key("removed"))).isEqualTo("nothing");
    assertThat(read(again, key("kept"))).isEqualTo("nothing");
    assertThat(read(again, key("later"))).isEqualTo("v");
    write(again, "v");
    assertThat(read(reopen(again))).isEqualTo("v");
  }

  @Test
  void aTornEndIsCutOffAndTheRestIsTrusted() throws IOException {
    FileTier used = open();
    put(used, "kept", "v");
    long whole = Files.size(segments().getFirst());
    put(used, "torn", "x".repeat(1_000));
    used.close();
    try (RandomAccessFile bytes = new RandomAccessFile(segments().getFirst().toFile(), "rw")) {
      bytes.setLength(whole + 500);
    }
    FileTier again = open();
    assertThat(again.figures().tornBytes()).isEqualTo(500);
    assertThat(again.figures().damaged()).isZero();
    assertThat(read(again, key("kept"))).isEqualTo("v");
    assertThat(read(again, key("torn"))).isEqualTo("nothing");
    write(again, "w");
    assertThat(read(reopen(again))).isEqualTo("w");
  }

  /// As when the process is killed just then.
  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void aSegmentWhoseHeadWasNotWrittenYetIsNoDamage(int bytes) throws IOException {
    FileTier used = open();
    put(used, "kept", "v");
    used.close();
    Files.write(TierSegment.path(folder, 1 + Recovery.numbers(folder).getLast()), new byte[bytes]);
    FileTier again = open();
    assertThat(again.figures().damaged()).isZero();
    assertThat(again.figures().tornBytes()).isEqualTo(bytes);
    assertThat(read(again, key("kept"))).isEqualTo("v");
    write(again, "w");
    assertThat(read(reopen(again))).isEqualTo("w");
  }

  @Test
  void aSegmentOfANewerFormatIsSkippedWithAllBeforeIt() throws IOException {
    FileTier used = open();
    put(used, "first", "v");
    for (int i = 0; i < 20; i++) {
      put(used, "fill" + i, "x".repeat(10_000));
    }
    put(used, "last", "v");
    used.close();
    List<Path> files = segments();
    assertThat(files).hasSizeGreaterThan(2);
    try (RandomAccessFile bytes = new RandomAccessFile(files.get(1).toFile(), "rw")) {
      bytes.seek(4);
      bytes.writeInt(2);
    }
    FileTier again = open();
    assertThat(again.figures().newer()).isEqualTo(1);
    assertThat(read(again, key("first"))).isEqualTo("nothing");
    assertThat(read(again, key("last"))).isEqualTo("v");
    assertThat(read(reopen(again), key("last"))).isEqualTo("v");
  }

  @Test
  void segmentsBeforeAMissingOneAreNotTrusted() throws IOException {
    FileTier used = open();
    put(used, "first", "v");
    for (int i = 0; i < 20; i++) {
      put(used, "fill" + i, "x".repeat(10_000));
    }
    put(used, "last", "v");
    used.close();
    Files.delete(segments().get(1));
    FileTier again = open();
    assertThat(read(again, key("first"))).isEqualTo("nothing");
    assertThat(read(again, key("last"))).isEqualTo("v");
  }

  // ---- full disks

  @Test
  void aFullDiskRefusesWritesAndHidesWhatItCannotRemove() throws IOException {
    TestingDisk disk = new TestingDisk();
    FileTier used = FileTier.open(settings(), TierObserver.NONE, disk);
    tier = used;
    write(used, "v");
    put(used, "other", "v");
    disk.room.set(50);
    assertThat(kind(write(used, "w"))).isEqualTo("REFUSED");
    assertThat(read(used)).isEqualTo("v");
    assertThat(used.removeAll(Set.of(KEY))).containsExactly(KEY);
    assertThat(read(used)).isEqualTo("nothing");
    assertThat(read(used, key("other"))).isEqualTo("v");
    disk.room.set(Long.MAX_VALUE);
    assertThat(used.remove(KEY, Precondition.NONE)).isEqualTo(new TierRemoval.Absent());
    FileTier again = reopen(used);
    assertThat(again.figures().damaged()).isZero();
    assertThat(read(again)).as("the second removal was acknowledged").isEqualTo("nothing");
    assertThat(read(again, key("other"))).isEqualTo("v");
  }

  @Test
  void aDiskThatFailsForGoodGetsAnotherSegmentWhenItIsBack() throws IOException {
    TestingDisk disk = new TestingDisk();
    FileTier used = FileTier.open(settings(), TierObserver.NONE, disk);
    tier = used;
    write(used, "v");
    disk.room.set(50);
    disk.stuck = true;
    assertThat(kind(write(used, "w"))).isEqualTo("BROKEN");
    assertThat(read(used)).isEqualTo("v");
    disk.room.set(Long.MAX_VALUE);
    disk.stuck = false;
    put(used, "new", "v");
    assertThat(segments()).hasSize(2);
    FileTier again = reopen(used);
    assertThat(read(again, key("new"))).isEqualTo("v");
    assertThat(read(again)).isIn("nothing", "v"); // what came before the broken write is in doubt
  }

  // ---- readers

  @Test
  void aReaderThatIsInterruptedDoesNotDisturbOthers() throws Exception {
    FileTier used = open();
    write(used, "v");
    CountDownLatch done = new CountDownLatch(1);
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              Thread.currentThread().interrupt();
              assertThat(used.read(KEY)).isInstanceOf(TierRead.Unavailable.class);
              done.countDown();
            });
    done.await();
    reader.join();
    assertThat(read(used)).isEqualTo("v");
  }
}
