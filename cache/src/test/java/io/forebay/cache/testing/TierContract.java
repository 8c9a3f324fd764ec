package io.forebay.cache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.InProcessInvalidationLog;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.Upkeep;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierGuard;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.WriteMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Tier] does, whatever keeps its values. A test class of each implementation extends
/// it.
public abstract class TierContract {

  protected static final Lifetime HOUR = new Lifetime(Duration.ofHours(1), Duration.ofMinutes(5));
  protected static final Position BEGAN = new Position(1_772_000_000_000L, 42);

  /// The tier under test, empty under this test's keys.
  protected abstract Tier tier();

  protected TierKey key(String name) {
    return new TierKey("contract", name);
  }

  protected static TierValue value(byte[] bytes) {
    return new TierValue("test/1", bytes, List.of(), Map.of(), HOUR, BEGAN);
  }

  protected static TierValue value(String text) {
    return value(text.getBytes(StandardCharsets.UTF_8));
  }

  protected String text(TierKey key) {
    return switch (tier().read(key)) {
      case TierRead.Found found -> new String(found.value().bytes(), StandardCharsets.UTF_8);
      case TierRead.Absent() -> "nothing";
      case TierRead.Unavailable(var failure) -> "failed: " + failure;
    };
  }

  protected long write(TierKey key, String text) {
    return stored(tier().write(key, value(text), Precondition.NONE, 0));
  }

  protected static long stored(TierWrite outcome) {
    assertThat(outcome).isInstanceOf(TierWrite.Stored.class);
    return ((TierWrite.Stored) outcome).version();
  }

  protected FillStart.Ticket begin(TierKey key) {
    FillStart start = tier().beginFill(key, false);
    assertThat(start).isInstanceOf(FillStart.Granted.class);
    return ((FillStart.Granted) start).ticket();
  }

  // ---- values

  @Test
  void aValueComesBackWithEverythingThatTravelsWithIt() {
    TierValue written =
        new TierValue(
            "text/html; charset=utf-8",
            "größer <b>0</b>".getBytes(StandardCharsets.UTF_8),
            List.of("one", "zwei ü", "\u0001url:http://x/"),
            Map.of("a", "b", "empty", "", "ü", "ß"),
            HOUR,
            BEGAN);
    long version = stored(tier().write(key("all"), written, Precondition.NONE, 0));
    TierRead.Found found = (TierRead.Found) tier().read(key("all"));
    assertThat(found.version()).isEqualTo(version);
    assertThat(found.value()).usingRecursiveComparison().isEqualTo(written);
    assertThat(found.age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4_096, 524_288, 524_289, 3_000_000})
  void contentOfAnySizeAndAnyBytesComesBack(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    stored(tier().write(key("size" + length), value(bytes), Precondition.NONE, 0));
    TierRead.Found found = (TierRead.Found) tier().read(key("size" + length));
    assertThat(found.value().bytes()).isEqualTo(bytes);
    stored(tier().write(key("size" + length), value("short"), Precondition.NONE, 0));
    assertThat(text(key("size" + length))).isEqualTo("short");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a\nb\r\n",
        "\u0000\u0001",
        "ключ",
        "😀",
        "a|b{c}:s:",
        "../..",
        "%00",
        "a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key-a-very-long-key"
      })
  void anyTextIsAKeyOfItsOwn(String name) {
    write(key(name), "of " + name.hashCode());
    write(key(name + "x"), "other");
    assertThat(text(key(name))).isEqualTo("of " + name.hashCode());
  }

  @Test
  void cachesDoNotShareKeys() {
    write(key("same"), "one");
    assertThat(text(new TierKey("contract2", "same"))).isEqualTo("nothing");
  }

  @Test
  void aValueIsGoneWhenItsLifetimeIsOver() {
    TierValue shortLived =
        new TierValue(
            "test/1",
            new byte[1],
            List.of(),
            Map.of(),
            new Lifetime(Duration.ofMillis(50), Duration.ofMillis(50)),
            BEGAN);
    stored(tier().write(key("short"), shortLived, Precondition.NONE, 0));
    await().until(() -> tier().read(key("short")) instanceof TierRead.Absent);
  }

  @Test
  void aValueIsNeverFoundAfterItsLifetime() {
    Duration life = Duration.ofMillis(1_500);
    TierValue brief =
        new TierValue("test/1", new byte[1], List.of(), Map.of(), Lifetime.of(life), BEGAN);
    stored(tier().write(key("brief"), brief, Precondition.NONE, 0));
    long stored = System.nanoTime();
    await()
        .until(() -> {
          long asked = System.nanoTime() - stored;
          boolean found = tier().read(key("brief")) instanceof TierRead.Found;
          assertThat(found && asked > life.toNanos()).isFalse();
          return !found;
        });
  }

  @Test
  void manyTagsAndMuchMetadataComeBack() {
    List<String> tags = IntStream.range(0, 2_000).mapToObj(i -> "tag-" + i).toList();
    Map<String, String> metadata = Map.of("long", "x".repeat(50_000), "n\u0000l", "\u0000");
    TierValue written = new TierValue("test/1", new byte[7], tags, metadata, HOUR, BEGAN);
    stored(tier().write(key("tagged"), written, Precondition.NONE, 0));
    TierRead.Found found = (TierRead.Found) tier().read(key("tagged"));
    assertThat(found.value()).usingRecursiveComparison().isEqualTo(written);
  }

  // ---- versions and preconditions

  @Test
  void versionsOfASlotGrowAlsoAcrossRemovals() {
    long first = write(key("grows"), "1");
    long second = write(key("grows"), "2");
    assertThat(tier().remove(key("grows"), Precondition.NONE))
        .isEqualTo(new TierRemoval.Removed(second));
    long third = write(key("grows"), "3");
    assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void preconditionsLookAtTheSlot() {
    TierKey key = key("conditions");
    assertThat(tier().write(key, value("x"), Precondition.PRESENT, 0))
        .isEqualTo(new TierWrite.PreconditionFailed(OptionalLong.empty()));
    long first = stored(tier().write(key, value("1"), Precondition.ABSENT, 0));
    assertThat(tier().write(key, value("x"), Precondition.ABSENT, 0))
        .isEqualTo(new TierWrite.PreconditionFailed(OptionalLong.of(first)));
    long second =
        stored(tier().write(key, value("2"), new Precondition.VersionIn(Set.of(7L, first)), 0));
    assertThat(tier().write(key, value("x"), new Precondition.VersionIn(Set.of(first)), 0))
        .isEqualTo(new TierWrite.PreconditionFailed(OptionalLong.of(second)));
    assertThat(tier().remove(key, new Precondition.VersionIn(Set.of(first))))
        .isEqualTo(new TierRemoval.PreconditionFailed(OptionalLong.of(second)));
    assertThat(tier().remove(key, Precondition.PRESENT)).isEqualTo(new TierRemoval.Removed(second));
    assertThat(tier().remove(key, Precondition.NONE)).isEqualTo(new TierRemoval.Absent());
    assertThat(text(key)).isEqualTo("nothing");
  }

  @Test
  void ofManyWhoAddTheSameKeyOneDoes() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<TierWrite>> adds = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String mine = "of " + i;
        adds.add(() -> tier().write(key("once"), value(mine), Precondition.ABSENT, 0));
      }
      Set<Class<?>> kinds = new HashSet<>();
      int stored = 0;
      for (Future<TierWrite> outcome : threads.invokeAll(adds)) {
        kinds.add(outcome.get().getClass());
        stored += outcome.get() instanceof TierWrite.Stored ? 1 : 0;
      }
      assertThat(stored).isEqualTo(1);
      assertThat(kinds)
          .containsExactlyInAnyOrder(TierWrite.Stored.class, TierWrite.PreconditionFailed.class);
    }
  }

  @Test
  void nobodysIncrementIsLost() throws Exception {
    write(key("count"), "0");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> increments = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        increments.add(this::increment);
      }
      for (Future<Boolean> done : threads.invokeAll(increments)) {
        assertThat(done.get()).isTrue();
      }
    }
    assertThat(text(key("count"))).isEqualTo("20");
  }

  private boolean increment() {
    while (true) {
      TierRead.Found found = (TierRead.Found) tier().read(key("count"));
      int next = Integer.parseInt(new String(found.value().bytes(), StandardCharsets.UTF_8)) + 1;
      TierWrite outcome =
          tier()
              .write(
                  key("count"),
                  value(Integer.toString(next)),
                  new Precondition.VersionIn(Set.of(found.version())),
                  0);
      if (outcome instanceof TierWrite.Stored) {
        return true;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void versionsThatAReaderSeesNeverGoBack(long seed) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        SplittableRandom random = new SplittableRandom(seed * 100 + i);
        all.add(() -> changeAtRandom(random));
        all.add(() -> readAtRandom(random.split()));
      }
      for (Future<Boolean> done : threads.invokeAll(all)) {
        assertThat(done.get()).as("seed %d", seed).isTrue();
      }
    }
  }

  private boolean changeAtRandom(SplittableRandom random) {
    for (int i = 0; i < 150; i++) {
      TierKey key = key("shared" + random.nextInt(3));
      TierValue mine = value(key.key() + " " + random.nextInt());
      switch (random.nextInt(4)) {
        case 0 -> tier().remove(key, Precondition.NONE);
        case 1 -> tier().removeAll(Set.of(key));
        case 2 -> tier().fill(begin(key), mine);
        default -> stored(tier().write(key, mine, Precondition.NONE, 0));
      }
    }
    return true;
  }

  private boolean readAtRandom(SplittableRandom random) {
    long[] newest = new long[3];
    for (int i = 0; i < 300; i++) {
      int slot = random.nextInt(3);
      switch (tier().read(key("shared" + slot))) {
        case TierRead.Found found -> {
          assertThat(new String(found.value().bytes(), StandardCharsets.UTF_8))
              .startsWith("shared" + slot + " ");
          assertThat(found.version()).isGreaterThanOrEqualTo(newest[slot]);
          newest[slot] = found.version();
        }
        case TierRead.Absent() -> {}
        case TierRead.Unavailable(var failure) -> throw new AssertionError(failure);
      }
    }
    return true;
  }

  // ---- fills

  @Test
  void aFillIsStored() {
    FillStart.Ticket ticket = begin(key("filled"));
    assertThat(tier().fill(ticket, value("v"))).isInstanceOf(TierWrite.Stored.class);
    assertThat(text(key("filled"))).isEqualTo("v");
  }

  @Test
  void aFillThatBeganBeforeAWriteIsRefused() {
    FillStart.Ticket ticket = begin(key("overtaken"));
    write(key("overtaken"), "new");
    assertThat(tier().fill(ticket, value("old"))).isEqualTo(new TierWrite.Overtaken());
    assertThat(text(key("overtaken"))).isEqualTo("new");
  }

  @Test
  void aFillThatBeganBeforeARemovalIsRefused() {
    FillStart.Ticket before = begin(key("fenced"));
    tier().remove(key("fenced"), Precondition.NONE);
    assertThat(tier().fill(before, value("old"))).isEqualTo(new TierWrite.Overtaken());
    assertThat(text(key("fenced"))).isEqualTo("nothing");
    assertThat(tier().fill(begin(key("fenced")), value("new")))
        .isInstanceOf(TierWrite.Stored.class);
  }

  @Test
  void aFillThatBeganBeforeAShortLivedWriteIsRefusedWhenThatIsOver() {
    FillStart.Ticket before = begin(key("expired"));
    TierValue brief =
        new TierValue(
            "test/1", new byte[1], List.of(), Map.of(), Lifetime.of(Duration.ofMillis(1)), BEGAN);
    stored(tier().write(key("expired"), brief, Precondition.NONE, 0));
    await().until(() -> tier().read(key("expired")) instanceof TierRead.Absent);
    assertThat(tier().fill(before, value("old"))).isEqualTo(new TierWrite.Overtaken());
  }

  @Test
  void ofTwoFillsTheOneThatBeganLaterStays() {
    FillStart.Ticket first = begin(key("two"));
    FillStart.Ticket second = begin(key("two"));
    assertThat(tier().fill(second, value("second"))).isInstanceOf(TierWrite.Stored.class);
    assertThat(tier().fill(first, value("first"))).isEqualTo(new TierWrite.Overtaken());
    assertThat(text(key("two"))).isEqualTo("second");
  }

  @Test
  void manyKeysAreRemovedTogether() {
    Set<TierKey> keys =
        IntStream.range(0, 1_000).mapToObj(i -> key("many" + i)).collect(Collectors.toSet());
    keys.forEach(key -> write(key, "v"));
    FillStart.Ticket before = begin(key("many7"));
    assertThat(tier().removeAll(keys)).isEmpty();
    keys.forEach(key -> assertThat(text(key)).isEqualTo("nothing"));
    assertThat(tier().fill(before, value("old"))).isEqualTo(new TierWrite.Overtaken());
  }

  // ---- behind a cache

  /// How many operations [#noReadAfterAnAcknowledgementIsOlderThanIt] makes.
  protected long checkedOperations() {
    return 12_000;
  }

  @ParameterizedTest
  @CsvSource({"1, WRITE_THROUGH", "2, WRITE_THROUGH", "3, WRITE_AROUND"})
  void noReadAfterAnAcknowledgementIsOlderThanIt(long seed, WriteMode mode)
      throws InterruptedException {
    String name = "checked" + seed;
    TierGuard log = new TierGuard(new InProcessInvalidationLog(System.currentTimeMillis()));
    VersionClock clock = new VersionClock(TimeSource.SYSTEM);
    log.guard(name, tier());
    Upkeep chores = Upkeep.manual();
    try (Cache<String, Long> memory =
        CacheBuilder.<Long>withTextKeys(name)
            .maxEntries(8) // a third of the keys, so that the tier is asked
            .maxBarriers(64)
            .invalidationLog(log)
            .versionClock(clock)
            .copiesLive(TieredCache.copiesLive(tier()))
            .upkeep(chores)
            .build()) {
      TieredCache<Long> tiered =
          new TieredCache<>(memory, tier(), TieredNode.CODEC, log, clock, TimeSource.SYSTEM, mode);
      InvalidationChecker.Findings findings =
          InvalidationChecker.check(
              List.of(new TieredNode(tiered, log, chores)),
              new InvalidationChecker.Plan(seed, 6, checkedOperations()));
      assertThat(findings.violation()).isEmpty();
      assertThat(findings.hits()).isGreaterThan(checkedOperations() / 50);
      assertThat(tiered.statistics().hits()).isGreaterThan(checkedOperations() / 500);
      assertThat(tiered.statistics().readsFailed() + tiered.statistics().writesFailed()).isZero();
    }
  }
}
