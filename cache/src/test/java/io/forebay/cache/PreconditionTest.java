package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PreconditionTest {

  private final TestCaches test = new TestCaches();
  private final Cache<String, String> cache = test.cache;

  @Test
  void addOnlyStoresWhatIsAbsent() {
    WriteOutcome first = cache.put("k", draft("a", HOUR), Precondition.ABSENT);
    long version = TestCaches.stored(first);
    assertThat(first).isEqualTo(new WriteOutcome.Stored(version, false));
    assertThat(cache.put("k", draft("b", HOUR), Precondition.ABSENT))
        .isEqualTo(new WriteOutcome.PreconditionFailed(OptionalLong.of(version)));
    assertThat(test.read("k")).isEqualTo("a");
    assertThat(cache.statistics().writesRefused()).isEqualTo(1);
  }

  @Test
  void anExpiredOrInvalidatedEntryIsAbsent() {
    test.put("expired", "a", Lifetime.of(Duration.ofSeconds(1)));
    test.put("invalidated", "a", "tag");
    test.advance(Duration.ofSeconds(2));
    cache.invalidate(new Scope.Tags(Set.of("tag")), Invalidation.Mode.HARD);
    for (String key : List.of("expired", "invalidated")) {
      assertThat(cache.put(key, draft("b", HOUR), Precondition.PRESENT))
          .isEqualTo(new WriteOutcome.PreconditionFailed(OptionalLong.empty()));
      assertThat(cache.remove(key, Precondition.NONE)).isEqualTo(new RemoveOutcome.Absent());
      assertThat(cache.put(key, draft("b", HOUR), Precondition.ABSENT))
          .isInstanceOfSatisfying(
              WriteOutcome.Stored.class, stored -> assertThat(stored.replaced()).isFalse());
    }
  }

  @Test
  void aStaleEntryIsPresent() {
    test.put("k", "a", new Lifetime(Duration.ofSeconds(1), Duration.ofSeconds(9)));
    test.advance(Duration.ofSeconds(2));
    assertThat(cache.put("k", draft("b", HOUR), Precondition.PRESENT))
        .isInstanceOf(WriteOutcome.Stored.class);
  }

  @Test
  void compareAndSetNoticesThatAValueCameBack() {
    long first = test.put("k", "A");
    test.put("k", "B");
    long third = test.put("k", "A");

    assertThat(cache.put("k", draft("C", HOUR), versions(first)))
        .isEqualTo(new WriteOutcome.PreconditionFailed(OptionalLong.of(third)));
    assertThat(cache.put("k", draft("C", HOUR), versions(first, third)))
        .isInstanceOf(WriteOutcome.Stored.class);
    assertThat(test.read("k")).isEqualTo("C");
  }

  @Test
  void compareAndSetNoticesThatAKeyWasRemovedAndWrittenAgain() {
    long first = test.put("k", "A");
    cache.remove("k", Precondition.NONE);
    test.put("k", "A");
    assertThat(cache.put("k", draft("B", HOUR), versions(first)))
        .isInstanceOf(WriteOutcome.PreconditionFailed.class);
  }

  @Test
  void removalHeedsItsPrecondition() {
    long version = test.put("k", "a");
    assertThat(cache.remove("k", versions(version + 1)))
        .isEqualTo(new RemoveOutcome.PreconditionFailed(OptionalLong.of(version)));
    assertThat(cache.remove("k", versions(version))).isEqualTo(new RemoveOutcome.Removed(version));
    assertThat(cache.remove("k", Precondition.NONE)).isEqualTo(new RemoveOutcome.Absent());
    assertThat(cache.remove("k", Precondition.PRESENT))
        .isEqualTo(new RemoveOutcome.PreconditionFailed(OptionalLong.empty()));
    assertThat(cache.statistics().removals()).isEqualTo(1);
    assertThat(cache.statistics().weightBytes()).isZero();
  }

  @Test
  void amongConcurrentCompareAndSetsOfOneVersionExactlyOneWins() throws InterruptedException {
    int rounds = 200;
    for (int round = 0; round < rounds; round++) {
      long version = test.put("k", "start");
      AtomicInteger won = new AtomicInteger();
      List<Thread> writers = new ArrayList<>();
      for (int w = 0; w < 8; w++) {
        String value = "writer" + w;
        writers.add(
            Thread.ofVirtual()
                .start(() -> {
                  if (cache.put("k", draft(value, HOUR), versions(version))
                      instanceof WriteOutcome.Stored) {
                    won.incrementAndGet();
                  }
                }));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(won.get()).isEqualTo(1);
    }
  }

  private static Precondition versions(Long... versions) {
    return new Precondition.VersionIn(Set.of(versions));
  }
}
