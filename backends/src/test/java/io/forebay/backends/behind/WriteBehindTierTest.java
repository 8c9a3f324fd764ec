package io.forebay.backends.behind;

import static io.forebay.backends.TestingValues.KEY;
import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.kind;
import static io.forebay.backends.TestingValues.read;
import static io.forebay.backends.TestingValues.value;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.backends.TestingValues;
import io.forebay.backends.packing.EncryptingTier;
import io.forebay.backends.packing.EncryptionKeys;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.testing.TestingTier;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.ForwardingTier;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBehindTierTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final TierFailure AWAY = new TierFailure(TierFailure.Kind.BROKEN, "away");

  private final TestingTier store = new TestingTier(TimeSource.SYSTEM);
  private final VersionClock versions = new VersionClock(TimeSource.SYSTEM);
  private final List<WriteBehindTier> opened = new ArrayList<>();

  @TempDir private Path folder;

  @AfterEach
  void close() {
    opened.forEach(WriteBehindTier::close);
  }

  private WriteBehindTier open() {
    return open(JournalSeal.NONE, WriteJournal.Opening.REAL);
  }

  private WriteBehindTier open(JournalSeal seal, WriteJournal.Opening opening) {
    return open(store, seal, opening);
  }

  private WriteBehindTier open(Tier behind, JournalSeal seal, WriteJournal.Opening opening) {
    try {
      WriteBehindTier tier =
          WriteBehindTier.open(
              behind, versions, seal, new WriteBehindSettings(folder, false, 1 << 20), opening);
      tier.accept(KEY.cache());
      opened.add(tier);
      return tier;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void end(WriteBehindTier tier) {
    tier.close();
    opened.remove(tier);
  }

  private static long write(Tier tier, String text) {
    return write(tier, KEY, text);
  }

  private static long write(Tier tier, TierKey key, String text) {
    TierWrite outcome = tier.write(key, value(text), Precondition.NONE, 0);
    assertThat(outcome).isInstanceOf(TierWrite.Stored.class);
    return ((TierWrite.Stored) outcome).version();
  }

  private static long waiting(Tier tier) {
    return tier.condition().backlog().orElseThrow().writes();
  }

  private static void awaitArrival(Tier tier) {
    await().atMost(LONG).until(() -> waiting(tier) == 0);
  }

  // ---- while it waits

  @Test
  void whatWaitsIsReadAtOnceAndItsVersionStaysWhenItArrives() {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    long version = write(tier, "v");
    assertThat(read(tier)).isEqualTo("v");
    assertThat(((TierRead.Found) tier.read(KEY)).version()).isEqualTo(version);
    assertThat(tier.condition().backlog().orElseThrow().bytes()).isPositive();
    store.failWith(null);
    awaitArrival(tier);
    assertThat(((TierRead.Found) tier.read(KEY)).version()).isEqualTo(version);
    assertThat(store.holds(KEY)).isTrue();
    assertThat(tier.write(KEY, value("w"), new Precondition.VersionIn(Set.of(version)), 0))
        .isInstanceOf(TierWrite.Stored.class);
    assertThat(tier.write(KEY, value("x"), new Precondition.VersionIn(Set.of(version)), 0))
        .isInstanceOf(TierWrite.PreconditionFailed.class);
  }

  @Test
  void preconditionsLookAtWhatWaits() {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    assertThat(kind(tier.write(KEY, value("x"), Precondition.ABSENT, 0)))
        .as("nobody knows what is there")
        .isEqualTo("BROKEN");
    long version = write(tier, "v");
    assertThat(kind(tier.write(KEY, value("x"), Precondition.ABSENT, 0)))
        .isEqualTo("PreconditionFailed");
    assertThat(tier.remove(KEY, new Precondition.VersionIn(Set.of(version))))
        .isEqualTo(new TierRemoval.Removed(version));
    assertThat(read(tier)).isEqualTo("nothing");
    assertThat(kind(tier.write(KEY, value("y"), Precondition.ABSENT, 0))).isEqualTo("Stored");
    assertThat(read(tier)).isEqualTo("y");
  }

  @Test
  void changesOfOneKeyBecomeOne() {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    for (int i = 0; i < 500; i++) {
      write(tier, "v" + i);
    }
    assertThat(waiting(tier)).isEqualTo(1);
    assertThat(tier.condition().events()).containsEntry("write_behind_coalesced", 499L);
    store.failWith(null);
    awaitArrival(tier);
    assertThat(read(tier)).isEqualTo("v499");
  }

  @Test
  void aFillIsRefusedWhileSomethingWaits() {
    WriteBehindTier tier = open();
    FillStart.Ticket ticket = TestingValues.begin(tier);
    store.failWith(AWAY);
    write(tier, "v");
    assertThat(tier.fill(ticket, value("from the source"))).isEqualTo(new TierWrite.Overtaken());
    store.failWith(null);
    awaitArrival(tier);
    assertThat(tier.fill(ticket, value("from the source"))).isEqualTo(new TierWrite.Overtaken());
    assertThat(tier.fill(TestingValues.begin(tier), value("newer")))
        .isInstanceOf(TierWrite.Stored.class);
    assertThat(read(tier)).isEqualTo("newer");
  }

  @Test
  void aWriterWaitsWhileTooMuchWaitsAndGoesOnWhenThereIsRoom() {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    String large = "x".repeat(200_000);
    int stored = 0;
    while (kind(tier.write(key("k" + stored), value(large), Precondition.NONE, 0))
        .equals("Stored")) {
      stored++;
    }
    assertThat(stored).isBetween(4, 5);
    assertThat(kind(tier.write(key("more"), value(large), Precondition.NONE, 0))).isEqualTo("BUSY");
    assertThat(read(tier, key("more"))).isEqualTo("BROKEN");
    store.failWith(null);
    await()
        .atMost(LONG)
        .until(() ->
            kind(tier.write(key("later"), value(large), Precondition.NONE, 0)).equals("Stored"));
    awaitArrival(tier);
    assertThat(tier.condition().events().get("write_behind_backlog_full")).isGreaterThan(0);
  }

  @Test
  void aPartOfTheTierThatIsAwayHoldsUpNothingButItsOwnKeys() {
    AtomicBoolean away = new AtomicBoolean(true);
    Tier parted =
        new ForwardingTier(store) {
          @Override
          public TierWrite write(TierKey key, TierValue value, Precondition on, long proposed) {
            return away.get() && key.key().startsWith("away")
                ? new TierWrite.Unavailable(AWAY)
                : tier.write(key, value, on, proposed);
          }
        };
    WriteBehindTier tier = open(parted, JournalSeal.NONE, WriteJournal.Opening.REAL);
    for (int i = 0; i < 600; i++) { // more than are carried out together
      write(tier, key("away" + i), "v");
    }
    for (int i = 0; i < 50; i++) {
      write(tier, key("here" + i), "v");
    }
    await().atMost(LONG).until(() -> waiting(tier) == 600);
    assertThat(store.holds(key("here49"))).isTrue();
    write(tier, key("away0"), "newer");
    away.set(false);
    awaitArrival(tier);
    assertThat(store.holds(key("away599"))).isTrue();
    assertThat(read(tier, key("away0"))).isEqualTo("newer");
  }

  @Test
  void aValueThatIsTooLargeIsRefused() {
    assertThat(open().write(KEY, value("x".repeat(300_000)), Precondition.NONE, 0))
        .isEqualTo(new TierWrite.TooLarge());
  }

  @Test
  void otherCachesAreToldAtOnce() {
    WriteBehindTier tier = open();
    TierKey other = new TierKey("other", "k");
    write(tier, other, "v");
    assertThat(store.holds(other)).isTrue();
    assertThat(read(tier, other)).isEqualTo("v");
    store.failWith(AWAY);
    assertThat(kind(tier.write(other, value("w"), Precondition.NONE, 0))).isEqualTo("BROKEN");
  }

  // ---- purges

  @Test
  void aPurgeOfKeysTakesThePlaceOfWhatWaits() {
    WriteBehindTier tier = open();
    write(tier, "old");
    awaitArrival(tier);
    store.failWith(AWAY);
    write(tier, "new");
    assertThat(tier.removeAll(Set.of(KEY, key("other")))).contains(KEY, key("other"));
    assertThat(read(tier)).isEqualTo("nothing");
    end(tier);
    store.failWith(null);
    WriteBehindTier again = open();
    awaitArrival(again);
    assertThat(read(again)).isEqualTo("nothing");
    assertThat(store.holds(KEY)).isFalse();
  }

  private static TierValue tagged(String text, String tag) {
    TierValue plain = value(text);
    return new TierValue(
        plain.type(), plain.bytes(), List.of(tag), Map.of(), plain.lifetime(), plain.loadBegan());
  }

  @Test
  void aPurgeOfTagsWithdrawsWhatItCoversAndBringsNothingBack() {
    WriteBehindTier tier = open();
    tier.write(KEY, tagged("older", "a"), Precondition.NONE, 0);
    tier.write(key("other"), tagged("stays", "a"), Precondition.NONE, 0);
    awaitArrival(tier);
    store.failWith(AWAY);
    tier.write(KEY, tagged("newer", "b"), Precondition.NONE, 0);
    tier.write(key("other"), tagged("stays too", "a"), Precondition.NONE, 0);
    tier.withdraw("another cache", new Scope.Everything());
    tier.withdraw(KEY.cache(), new Scope.Tags(Set.of("b")));
    assertThat(read(tier)).isEqualTo("nothing");
    assertThat(read(tier, key("other"))).isEqualTo("stays too");
    store.failWith(null);
    awaitArrival(tier);
    assertThat(read(tier)).as("not what was replaced").isEqualTo("nothing");
    assertThat(read(tier, key("other"))).isEqualTo("stays too");
  }

  @Test
  void everyKindOfPurgeWithdraws() {
    for (Scope scope :
        List.of(
            new Scope.Prefixes(Set.of("k")),
            new Scope.Patterns(Set.of(GlobPattern.parse("?").orElseThrow())),
            new Scope.Everything())) {
      WriteBehindTier tier = open();
      store.failWith(AWAY);
      write(tier, "v");
      tier.withdraw(KEY.cache(), scope);
      assertThat(read(tier)).as(scope.toString()).isEqualTo("nothing");
      store.failWith(null);
      awaitArrival(tier);
      end(tier);
    }
  }

  // ---- another process

  @Test
  void whatHadNotArrivedArrivesAfterARestart() {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    long version = 0;
    for (int i = 0; i < 200; i++) {
      version = write(tier, key("k" + i % 50), "v" + i);
    }
    tier.remove(key("k7"), Precondition.NONE);
    end(tier);
    WriteBehindTier again = open();
    assertThat(waiting(again)).isEqualTo(50);
    assertThat(read(again, key("k49"))).isEqualTo("v199");
    assertThat(((TierRead.Found) again.read(key("k49"))).version()).isEqualTo(version);
    store.failWith(null);
    awaitArrival(again);
    assertThat(read(again, key("k7"))).isEqualTo("nothing");
    assertThat(read(again, key("k8"))).isEqualTo("v158");
    end(again);
    assertThat(waiting(open())).isZero();
  }

  @Test
  void whatArrivedIsNotDoneAgainAfterARestart() {
    WriteBehindTier tier = open();
    write(tier, "first");
    awaitArrival(tier);
    tier.fill(TestingValues.begin(tier), value("newer, from the source"));
    end(tier);
    WriteBehindTier again = open();
    assertThat(waiting(again)).isZero();
    assertThat(read(again)).isEqualTo("newer, from the source");
    assertThat(again.removeAll(Set.of(KEY))).isEmpty();
    end(again);
    assertThat(read(open())).isEqualTo("nothing");
  }

  @Test
  void whatWaitedTooLongToLiveTakesWhatItReplacedWithIt() {
    WriteBehindTier tier = open();
    write(tier, "old");
    awaitArrival(tier);
    store.failWith(AWAY);
    tier.write(KEY, value("brief", Duration.ofMillis(1)), Precondition.NONE, 0);
    await().atMost(LONG).until(() -> read(tier).equals("nothing"));
    store.failWith(null);
    awaitArrival(tier);
    assertThat(read(tier)).isEqualTo("nothing");
    assertThat(store.holds(KEY)).isFalse();
  }

  @Test
  void whatIsLeftOfALifetimeIsWhatArrives() {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    write(tier, "v");
    long accepted = System.nanoTime();
    await().atMost(LONG).until(() -> System.nanoTime() - accepted > 20_000_000);
    store.failWith(null);
    awaitArrival(tier);
    Lifetime left = ((TierRead.Found) store.read(KEY)).value().lifetime();
    assertThat(left.fresh()).isLessThanOrEqualTo(Duration.ofHours(1).minusMillis(20));
    TierRead.Found found = (TierRead.Found) tier.read(KEY);
    assertThat(found.value().lifetime()).isEqualTo(Lifetime.of(Duration.ofHours(1)));
    assertThat(found.age()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().startsWith("writes-"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path fullest() {
    return files().stream()
        .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
        .orElseThrow();
  }

  @Test
  void aWriteThatWasCutShortIsCutOff() throws IOException {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    write(tier, key("a"), "one");
    write(tier, key("b"), "two");
    end(tier);
    try (FileChannel channel = FileChannel.open(fullest(), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 3);
    }
    // The newest file is an empty one if this process began it.
    WriteBehindTier again = open();
    store.failWith(null);
    awaitArrival(again);
    assertThat(read(again, key("a"))).isEqualTo("one");
    assertThat(read(again, key("b"))).isEqualTo("nothing");
    assertThat(again.unrecovered()).isZero();
  }

  @Test
  void nothingOfBeforeADamagedPlaceIsDone() throws IOException {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    write(tier, key("a"), "one");
    write(tier, key("b"), "two");
    write(tier, key("c"), "three");
    end(tier);
    Path file = fullest();
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, ISO_8859_1);
    bytes[text.indexOf("two")] ^= 1;
    Files.write(file, bytes);
    WriteBehindTier again = open();
    store.failWith(null);
    awaitArrival(again);
    assertThat(again.unrecovered()).isEqualTo(1);
    assertThat(again.condition().events()).containsEntry("write_behind_lost", 1L);
    assertThat(read(again, key("a"))).isEqualTo("nothing");
    assertThat(read(again, key("b"))).isEqualTo("nothing");
    assertThat(read(again, key("c"))).isEqualTo("three");
  }

  @Test
  void whatWasNotForcedIsNotDoneAfterTheMachineHasEnded() throws IOException {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    write(tier, "v");
    end(tier);
    Files.writeString(folder.resolve("state"), "another run of the machine\n");
    WriteBehindTier again = open();
    assertThat(waiting(again)).isZero();
    assertThat(again.unrecovered()).isEqualTo(1);
  }

  /// `/dev/full` cannot be forced.
  @Test
  void whatWasWrittenUnforcedIsForcedBeforeTheJournalIsSaidToBe() throws IOException {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    write(tier, "v");
    Path found = fullest();
    end(tier);
    WriteBehindSettings forced = new WriteBehindSettings(folder, true, 1 << 20);
    WriteJournal.Opening notForced =
        file ->
            file.equals(found)
                ? FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)
                : WriteJournal.Opening.REAL.open(file);
    assertThatThrownBy(
            () -> WriteBehindTier.open(store, versions, JournalSeal.NONE, forced, notForced))
        .isInstanceOf(IOException.class);
    assertThat(folder.resolve("state")).content().isNotEqualTo("forced\n");
    opened.add(WriteBehindTier.open(store, versions, JournalSeal.NONE, forced));
    assertThat(folder.resolve("state")).hasContent("forced\n");
    assertThat(read(opened.getLast())).isEqualTo("v");
  }

  @Test
  void oneProcessAtATimeHasTheFolder() {
    open();
    assertThatThrownBy(() ->
            WriteBehindTier.open(
                store, versions, JournalSeal.NONE, new WriteBehindSettings(folder, true, 1 << 20)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another process uses this folder");
  }

  // ---- the disk

  /// `/dev/full` takes nothing: there is no space left on it.
  @Test
  void whatTheDiskDoesNotTakeIsNotAcknowledged() {
    AtomicBoolean full = new AtomicBoolean(true);
    WriteBehindTier tier =
        open(
            JournalSeal.NONE,
            file ->
                full.get()
                    ? FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)
                    : WriteJournal.Opening.REAL.open(file));
    TierWrite outcome = tier.write(KEY, value("v"), Precondition.NONE, 0);
    assertThat(outcome).isInstanceOf(TierWrite.Unavailable.class);
    assertThat(((TierWrite.Unavailable) outcome).failure().detail())
        .contains("the journal cannot be written")
        .contains("No space left");
    assertThat(read(tier)).isEqualTo("nothing");
    assertThat(tier.condition().backlog().orElseThrow().bytes()).isZero();
    full.set(false);
    assertThat(kind(tier.write(KEY, value("w"), Precondition.NONE, 0))).isEqualTo("Stored");
    awaitArrival(tier);
    assertThat(read(tier)).isEqualTo("w");
  }

  @Test
  void theJournalStaysSmallHoweverLongTheTierIsAway() throws IOException {
    WriteBehindTier tier = open();
    store.failWith(AWAY);
    write(tier, key("stays"), "first of all");
    String large = "x".repeat(100_000);
    for (int i = 0; i < 300; i++) {
      write(tier, key("k" + i % 3), large + i);
    }
    await()
        .atMost(LONG)
        .until(() -> files().stream().mapToLong(file -> file.toFile().length()).sum() < 5 << 20);
    end(tier);
    WriteBehindTier again = open();
    assertThat(read(again, key("stays"))).isEqualTo("first of all");
    assertThat(read(again, key("k2"))).isEqualTo(large + 299);
    store.failWith(null);
    awaitArrival(again);
    await().atMost(LONG).until(() -> files().size() <= 2);
  }

  @Test
  void withKeysTheJournalHoldsNoPlainText() throws IOException {
    EncryptionKeys keys =
        ((EncryptionKeys.Reading.Good)
                EncryptionKeys.read("k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))
            .keys();
    JournalSeal seal = JournalSeal.of(new EncryptingTier(store, keys));
    WriteBehindTier tier = open(seal, WriteJournal.Opening.REAL);
    store.failWith(AWAY);
    write(tier, "nobody may read this");
    end(tier);
    assertThat(Files.readString(fullest(), ISO_8859_1)).doesNotContain("nobody");
    WriteBehindTier again = open(seal, WriteJournal.Opening.REAL);
    assertThat(read(again)).isEqualTo("nobody may read this");
    end(again);
    EncryptionKeys others =
        ((EncryptionKeys.Reading.Good)
                EncryptionKeys.read("k:BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))
            .keys();
    WriteBehindTier blind =
        open(JournalSeal.of(new EncryptingTier(store, others)), WriteJournal.Opening.REAL);
    assertThat(read(blind)).isEqualTo("nothing");
    assertThat(blind.unrecovered()).isEqualTo(1);
  }

  /// Puts a value into the tier that was just stored there, with a stamp of its own.
  private void stamped(String stamp) {
    TierValue value =
        new TierValue(
            stamp, new byte[1], List.of(), Map.of(), Lifetime.of(LONG), new Position(1, 1));
    store.write(KEY, value, Precondition.NONE, 0);
  }

  @Test
  void aStampThatMakesNoSenseIsNotServed() {
    WriteBehindTier tier = open();
    for (String stamp : List.of("version/2 x 0 0 1 1 text", "version/1 1 0 1000 0 text")) {
      stamped(stamp);
      assertThat(read(tier)).isEqualTo("nothing");
    }
  }

  /// A write and a read may each take as long as the tier's deadline, which is a second here; the
  /// tier counts from the end of the one to the beginning of the other.
  @Test
  void theWayToTheTierCountsAsAge() {
    WriteBehindTier tier = open();
    long now = System.currentTimeMillis();
    stamped("version/2 1 100 " + (now - 800) + " 60000 0 text");
    assertThat(tier.read(KEY))
        .isInstanceOfSatisfying(
            TierRead.Found.class,
            found -> assertThat(found.age()).isGreaterThanOrEqualTo(Duration.ofMillis(895)));
    stamped("version/2 2 100 " + (now - 800) + " 500 300 text");
    assertThat(read(tier)).isEqualTo("nothing");
  }

  @Test
  void aClockThatIsFarOffMakesNothingOld() {
    WriteBehindTier tier = open();
    for (long wrong : new long[] {-3_600_000, 3_600_000}) {
      stamped("version/2 1 100 " + (System.currentTimeMillis() + wrong) + " 500 300 text");
      assertThat(tier.read(KEY))
          .isInstanceOfSatisfying(
              TierRead.Found.class,
              found -> assertThat(found.age()).isLessThan(Duration.ofMillis(800)));
    }
  }
}
