package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FencingTest {

  private static final WriteOutcome INVALIDATED =
      new WriteOutcome.Refused(WriteOutcome.Reason.INVALIDATED_SINCE);
  private static final WriteOutcome OVERTAKEN =
      new WriteOutcome.Refused(WriteOutcome.Reason.OVERTAKEN);

  private final TestCaches test = new TestCaches();
  private final Cache<String, String> cache = test.cache;

  @Test
  void aLoadWithNothingInBetweenIsStored() {
    LoadToken<String> load = cache.beginLoad("k");
    assertThat(cache.complete(load, draft("v", HOUR))).isInstanceOf(WriteOutcome.Stored.class);
    assertThat(test.read("k")).isEqualTo("v");
  }

  @ParameterizedTest
  @EnumSource(Invalidation.Mode.class)
  void aLoadThatBeganBeforeAnInvalidationOfItsTagIsRefused(Invalidation.Mode mode) {
    LoadToken<String> load = cache.beginLoad("k");
    cache.invalidate(new Scope.Tags(Set.of("red")), mode);
    assertThat(cache.complete(load, draft("old", HOUR, "blue", "red"))).isEqualTo(INVALIDATED);
    assertThat(test.read("k")).isEqualTo("nothing");
  }

  @ParameterizedTest
  @EnumSource(Invalidation.Mode.class)
  void aLoadThatBeganBeforeAnInvalidationOfEverythingOrItsKeyIsRefused(Invalidation.Mode mode) {
    LoadToken<String> one = cache.beginLoad("k");
    cache.invalidate(new Scope.Everything(), mode);
    assertThat(cache.complete(one, draft("old", HOUR))).isEqualTo(INVALIDATED);

    LoadToken<String> two = cache.beginLoad("k");
    cache.invalidate(new Scope.Keys(Set.of("k")), mode);
    assertThat(cache.complete(two, draft("old", HOUR))).isEqualTo(INVALIDATED);
  }

  @Test
  void aLoadOfAnotherKeyOrTagIsNotRefused() {
    LoadToken<String> load = cache.beginLoad("k");
    cache.invalidate(new Scope.Tags(Set.of("red")), Invalidation.Mode.HARD);
    cache.invalidate(new Scope.Keys(Set.of("other")), Invalidation.Mode.HARD);
    cache.put("other", draft("v", HOUR), Precondition.NONE);
    cache.remove("third", Precondition.NONE);
    assertThat(cache.complete(load, draft("v", HOUR, "blue")))
        .isInstanceOf(WriteOutcome.Stored.class);
  }

  @Test
  void aLoadThatBeganBeforeAWriteOfItsKeyIsOvertaken() {
    LoadToken<String> load = cache.beginLoad("k");
    test.put("k", "written");
    assertThat(cache.complete(load, draft("loaded", HOUR))).isEqualTo(OVERTAKEN);
    assertThat(test.read("k")).isEqualTo("written");
  }

  @Test
  void aLoadThatBeganBeforeARemovalOfItsKeyIsOvertakenEvenIfNothingWasThere() {
    LoadToken<String> load = cache.beginLoad("k");
    assertThat(cache.remove("k", Precondition.NONE)).isEqualTo(new RemoveOutcome.Absent());
    assertThat(cache.complete(load, draft("loaded", HOUR))).isEqualTo(OVERTAKEN);
  }

  @Test
  void aWriteWhosePreconditionFailedOvertakesNothing() {
    LoadToken<String> load = cache.beginLoad("k");
    cache.put("k", draft("written", HOUR), Precondition.PRESENT);
    cache.remove("k", Precondition.PRESENT);
    assertThat(cache.complete(load, draft("loaded", HOUR))).isInstanceOf(WriteOutcome.Stored.class);
  }

  @Test
  void ofTwoLoadsTheLaterBegunWinsWhicheverEndsFirst() {
    LoadToken<String> earlier = cache.beginLoad("k");
    LoadToken<String> later = cache.beginLoad("k");
    cache.complete(later, draft("later", HOUR));
    assertThat(cache.complete(earlier, draft("earlier", HOUR))).isEqualTo(OVERTAKEN);
    assertThat(test.read("k")).isEqualTo("later");

    earlier = cache.beginLoad("k");
    later = cache.beginLoad("k");
    cache.complete(earlier, draft("earlier 2", HOUR));
    assertThat(cache.complete(later, draft("later 2", HOUR)))
        .isInstanceOf(WriteOutcome.Stored.class);
    assertThat(test.read("k")).isEqualTo("later 2");
  }

  @Test
  void aTokenEndsOnce() {
    LoadToken<String> load = cache.beginLoad("k");
    cache.complete(load, draft("v", HOUR));
    assertThatThrownBy(() -> cache.complete(load, draft("w", HOUR)))
        .isInstanceOf(IllegalStateException.class);
    LoadToken<String> abandoned = cache.beginLoad("k");
    abandoned.abandon();
    assertThatThrownBy(() -> cache.complete(abandoned, draft("w", HOUR)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(test.read("k")).isEqualTo("v");
  }

  @Test
  void aTokenOfAnotherCacheIsRejected() {
    LoadToken<String> foreign = new TestCaches().cache.beginLoad("k");
    assertThatThrownBy(() -> cache.complete(foreign, draft("v", HOUR)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// The interleavings of one load with one change of its source, step by step, each step on its
  /// thread's turn: whatever is served in the end is what the source then says.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void noInterleavingOfALoadWithAChangeLeavesTheOldValue(int changeBeforeStep)
      throws InterruptedException {
    AtomicReference<String> source = new AtomicReference<>("old");
    CountDownLatch[] turns = new CountDownLatch[4];
    CountDownLatch[] done = new CountDownLatch[3];
    for (int i = 0; i < 4; i++) {
      turns[i] = new CountDownLatch(1);
    }
    for (int i = 0; i < 3; i++) {
      done[i] = new CountDownLatch(1);
    }
    Thread loader =
        Thread.ofVirtual()
            .start(() -> {
              await(turns[0]);
              LoadToken<String> token = cache.beginLoad("k");
              done[0].countDown();
              await(turns[1]);
              String found = source.get();
              done[1].countDown();
              await(turns[2]);
              cache.complete(token, draft(found, HOUR, "red"));
              done[2].countDown();
            });
    for (int step = 0; step < 3; step++) {
      if (step == changeBeforeStep) {
        change(source);
      }
      turns[step].countDown();
      await(done[step]);
    }
    if (changeBeforeStep == 3) {
      change(source);
    }
    loader.join();
    assertThat(test.read("k")).isIn("new", "nothing");
    test.upkeep.run();
    assertThat(test.read("k")).isIn("new", "nothing");
  }

  private void change(AtomicReference<String> source) {
    source.set("new");
    cache.invalidate(new Scope.Tags(Set.of("red")), Invalidation.Mode.HARD);
  }

  /// Random sequences of many loads, writes and invalidations; the source's version rises with
  /// every change and a stored value must never be older than the last covering change.
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void randomSequencesNeverServeAnOlderValueThanTheLastChange(long seed) {
    Random random = new Random(seed);
    Deque<OpenRead> open = new ArrayDeque<>();
    int version = 0;
    int lastChange = 0;
    for (int step = 0; step < 5_000; step++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> open.add(new OpenRead(cache.beginLoad("k"), version));
        case 2, 3 -> {
          OpenRead read = random.nextBoolean() ? open.pollFirst() : open.pollLast();
          if (read != null) {
            cache.complete(read.token, draft(Integer.toString(read.version), HOUR, "red"));
          }
        }
        case 4 -> {
          lastChange = ++version;
          invalidations(Integer.toString(version)).get(random.nextInt(4)).accept("k");
        }
        default -> test.upkeep.run();
      }
      String served = test.read("k");
      if (!served.equals("nothing")) {
        assertThat(Integer.parseInt(served))
            .as("seed %d, step %d", seed, step)
            .isGreaterThanOrEqualTo(lastChange);
      }
    }
  }

  private record OpenRead(LoadToken<String> token, int version) {}

  private java.util.List<Consumer<String>> invalidations(String written) {
    return java.util.List.of(
        _ -> cache.invalidate(new Scope.Tags(Set.of("red")), Invalidation.Mode.HARD),
        _ -> cache.invalidate(new Scope.Everything(), Invalidation.Mode.HARD),
        key -> cache.invalidate(new Scope.Keys(Set.of(key)), Invalidation.Mode.HARD),
        key -> test.put(key, written, "red"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
