package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.Departure.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CacheListenerTest {

  private final Queue<String> heard = new ConcurrentLinkedQueue<>();

  private CacheBuilder<String, String> builder() {
    return new CacheBuilder<String, String>("test")
        .evictionPolicy("fifo")
        .maxEntries(3)
        .listener(departure -> heard.add(departure.key() + " " + departure.cause()));
  }

  private void expectHeard(String... lines) {
    Awaitility.await().untilAsserted(() -> assertThat(heard).containsExactly(lines));
    heard.clear();
  }

  @Test
  void everyCauseIsHeard() {
    TestCaches test = new TestCaches(builder());
    test.put("a", "1");
    test.put("a", "2");
    expectHeard("a REPLACED");
    test.put("b", "1");
    test.put("c", "1");
    test.put("d", "1");
    expectHeard("a EVICTED_FOR_ENTRIES");
    test.cache.remove("b", Precondition.NONE);
    expectHeard("b REMOVED");
    test.cache.invalidate(new Scope.Keys(Set.of("c")), Invalidation.Mode.HARD);
    expectHeard("c INVALIDATED");
    test.put("t", "1", "tag");
    test.cache.invalidate(new Scope.Tags(Set.of("tag")), Invalidation.Mode.HARD);
    test.upkeep.run();
    expectHeard("t INVALIDATED");
    test.put("e", "1", Lifetime.of(Duration.ofSeconds(1)));
    test.advance(Duration.ofMinutes(1));
    test.upkeep.run();
    expectHeard("e EXPIRED");
    test.put("e", "1", Lifetime.of(Duration.ofSeconds(1)));
    test.advance(Duration.ofMinutes(1));
    test.read("e");
    expectHeard("e EXPIRED");
    LoadToken<String> load = test.cache.beginLoad("f");
    test.cache.invalidate(new Scope.Keys(Set.of("f")), Invalidation.Mode.HARD);
    test.cache.complete(load, draft("1", HOUR));
    expectHeard("f REFUSED");
    test.cache.put("d", draft("2", HOUR), new Precondition.Absent());
    test.cache.close();
    expectHeard("d REMOVED");
    assertThat(test.cache.statistics().notificationsDropped()).isZero();
  }

  @Test
  void evictionForBytesIsHeardAsSuchWithItsTime() {
    Queue<Departure<String>> departures = new ConcurrentLinkedQueue<>();
    TestCaches test =
        new TestCaches(
            new CacheBuilder<String, String>("test")
                .maxBytes(2_000, (_, value) -> value.length())
                .evictionPolicy("fifo")
                .listener(departures::add));
    test.put("a", "x".repeat(1_000));
    test.advance(Duration.ofSeconds(5));
    test.put("b", "x".repeat(1_000));
    Awaitility.await().until(() -> !departures.isEmpty());
    assertThat(departures)
        .containsExactly(new Departure<>("a", Cause.EVICTED_FOR_BYTES, test.time.now()));
  }

  @Test
  void whatIsKeptAsBytesIsNamedByItsKeyWhenItLeaves() {
    TestCaches test = new TestCaches(builder().packed(Packing.ofText(), Packing.ofText()));
    for (String key : List.of("a", "b", "c", "d")) {
      test.put(key, "v", Lifetime.of(Duration.ofSeconds(1)));
    }
    expectHeard("a EVICTED_FOR_ENTRIES");
    test.put("d", "w", HOUR);
    expectHeard("d REPLACED");
    test.advance(Duration.ofMinutes(1));
    test.upkeep.run();
    Awaitility.await()
        .untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrder("b EXPIRED", "c EXPIRED"));
  }

  @Test
  void aListenerThatHangsHoldsNobodyUpAndWhatItMissesIsCounted() throws InterruptedException {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    TestCaches test =
        new TestCaches(
            builder()
                .listener(departure -> {
                  hanging.countDown();
                  awaitUninterrupted(goOn);
                  heard.add(departure.key());
                }));
    int most = CacheBuilder.MAX_WAITING_NOTIFICATIONS;
    test.put("k", "first");
    test.put("k", "second");
    hanging.await(); // with the first in hand
    for (int i = 0; i < most + 10; i++) {
      test.put("k", "v" + i);
      assertThat(test.read("k")).isEqualTo("v" + i);
    }
    assertThat(test.cache.statistics().notificationsDropped()).isEqualTo(10);
    goOn.countDown();
    Awaitility.await().untilAsserted(() -> assertThat(heard).hasSize(most + 1));
    test.put("k", "last");
    Awaitility.await().untilAsserted(() -> assertThat(heard).hasSize(most + 2));
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aListenerThatThrowsHearsTheNextAllTheSame() {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    TestCaches test =
        new TestCaches(
            builder()
                .listener(
                    departure -> {
                      heard.add(departure.key());
                      throw new IllegalStateException("at " + departure.key());
                    },
                    task ->
                        Thread.ofVirtual()
                            .uncaughtExceptionHandler((_, failure) -> reported.add(failure))
                            .start(task)));
    for (String key : List.of("a", "b", "c", "d", "e")) {
      test.put(key, "v");
    }
    expectHeard("a", "b");
    assertThat(reported).extracting(Throwable::getMessage).containsExactly("at a", "at b");
    assertThat(test.read("e")).isEqualTo("v");
  }

  @Test
  void threadsThatRefuseCostNotificationsAndNothingElse() {
    TestCaches test =
        new TestCaches(
            builder()
                .listener(
                    departure -> heard.add(departure.key()),
                    _ -> {
                      throw new RejectedExecutionException("shut down");
                    }));
    test.put("a", "1");
    assertThat(test.put("a", "2")).isPositive();
    assertThat(test.cache.statistics().notificationsDropped()).isEqualTo(1);
  }
}
