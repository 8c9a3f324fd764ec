package io.forebay.proxy.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.cache.testing.TestingTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final TestingTimeSource time = new TestingTimeSource();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.close();
  }

  private static Origin origin(int n) {
    return new Origin("127.0.0.1", n, false);
  }

  private static PoolSettings settings(int perOrigin, int fills, int waiting, Duration patience) {
    return PoolSettings.of("p", List.of(origin(1)))
        .with(new PoolSettings.Limits(perOrigin, fills, waiting, patience))
        .with(new PoolSettings.DownRules(1, Duration.ofSeconds(5), Duration.ofMinutes(1), 50));
  }

  private Pool pool(PoolSettings settings, ListedOrigin... origins) {
    Pool pool = new Pool(settings, time);
    pool.list(List.of(origins));
    pool.looked(OriginError.DESTINATION_UNKNOWN);
    return pool;
  }

  private static ListedOrigin listed(int n, int priority) {
    return new ListedOrigin(origin(n), 1, priority);
  }

  private static Wish wish(boolean fills) {
    return new Wish(Errand.forClient(fills), true, List.of());
  }

  private static Wish unrepeatable() {
    return new Wish(Errand.forClient(false), false, List.of());
  }

  private static Pool.Taking take(Pool pool, Wish wish) {
    return pool.take(wish, new CompletableFuture<>());
  }

  private static Slot taken(Pool pool, Wish wish) {
    return ((Pool.Taking.Taken) take(pool, wish)).slot();
  }

  private static OriginError refused(Pool pool, Wish wish) {
    return ((Pool.Taking.Refused) take(pool, wish)).why().error();
  }

  private static void failAt(Slot slot) {
    slot.failed(new OriginOutcome.Failed(OriginError.CONNECTION_REFUSED, "refused"));
  }

  private Set<Integer> portsOf(Pool pool, Wish wish, int tries) {
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < tries; i++) {
      Slot slot = taken(pool, wish);
      ports.add(slot.member().origin().port());
      slot.leave();
    }
    return ports;
  }

  private void takeDown(Pool pool, int... ports) {
    for (int port : ports) {
      for (Member member : pool.members().all()) {
        if (member.origin().port() == port) {
          member
              .health()
              .failed(
                  member.health().spell().number(),
                  time.nanoTime(),
                  Health.Cause.UNREACHABLE,
                  "refused");
        }
      }
    }
  }

  @Test
  void anOriginThatIsDownGetsNothingWhileAnotherIsUp() {
    Pool pool = pool(settings(10, 10, 10, SHORT), listed(1, 1), listed(2, 1));
    failAt(
        taken(pool, new Wish(Errand.forClient(false), true, List.of(pool.members().all().get(1)))));
    assertThat(portsOf(pool, wish(false), 10)).containsExactly(2);
  }

  @Test
  void theSecondPriorityIsAskedOnlyWhileNoneOfTheFirstIsUp() {
    Pool pool = pool(settings(10, 10, 10, SHORT), listed(1, 1), listed(2, 1), listed(3, 2));
    assertThat(portsOf(pool, wish(false), 10)).containsExactlyInAnyOrder(1, 2);
    takeDown(pool, 1);
    assertThat(portsOf(pool, wish(false), 10)).containsExactly(2);
    takeDown(pool, 2);
    assertThat(portsOf(pool, wish(false), 10)).containsExactly(3);
  }

  @Test
  void whenAllAreDownAllAreAsked() {
    Pool pool = pool(settings(10, 10, 10, SHORT), listed(1, 1), listed(2, 1));
    takeDown(pool, 1, 2);
    assertThat(portsOf(pool, wish(false), 10)).containsExactlyInAnyOrder(1, 2);
    Slot slot = taken(pool, wish(false));
    slot.answered(200);
    slot.whole();
    assertThat(slot.member().health().isUp()).as("a success shows that it is up").isTrue();
  }

  @Test
  void whatSomethingStaleCanAnswerIsSparedWhileAllAreDown() {
    Pool pool = pool(settings(10, 10, 10, SHORT), listed(1, 1));
    takeDown(pool, 1);
    Wish covered = new Wish(new Errand(true, Errand.Cover.WHEN_UNREACHABLE, true), true, List.of());
    assertThat(refused(pool, covered)).isEqualTo(OriginError.DESTINATION_UNAVAILABLE);
    Wish refresh = new Wish(Errand.refresh(), true, List.of());
    assertThat(refused(pool, refresh)).isEqualTo(OriginError.DESTINATION_UNAVAILABLE);
    time.advance(Duration.ofSeconds(5));
    assertThat(pool.isTrialDue()).isTrue();
    assertThat(refused(pool, covered)).as("no client is the trial").isNotNull();
    Slot trial = taken(pool, refresh);
    assertThat(pool.isTrialDue()).isFalse();
    assertThat(refused(pool, refresh)).as("one at a time").isNotNull();
    trial.answered(200);
    trial.whole();
    taken(pool, covered).leave();
  }

  /// An origin that answers is not unreachable: only `stale-if-error` covers for it.
  @Test
  void anOriginThatAnswersErrorsIsSparedOnlyByWhatMayStandInForAnError() {
    Pool pool = pool(settings(10, 10, 10, SHORT), listed(1, 1));
    Slot slot = taken(pool, wish(false));
    slot.answered(500);
    slot.whole();
    assertThat(slot.member().health().isUp()).isFalse();
    Wish always = new Wish(new Errand(true, Errand.Cover.ALWAYS, true), true, List.of());
    assertThat(refused(pool, always)).isEqualTo(OriginError.DESTINATION_FAILING);
    Wish other = new Wish(new Errand(true, Errand.Cover.WHEN_UNREACHABLE, true), true, List.of());
    taken(pool, other).leave();
  }

  @Test
  void theTrialIsARequestThatCouldBeRepeatedElsewhere() {
    Pool pool = pool(settings(10, 10, 10, SHORT), listed(1, 1), listed(2, 1));
    takeDown(pool, 1);
    time.advance(Duration.ofSeconds(5));
    assertThat(portsOf(pool, unrepeatable(), 10)).containsExactly(2);
    Slot trial = taken(pool, wish(false));
    assertThat(trial.isTrial()).isTrue();
    assertThat(trial.member().origin().port()).isEqualTo(1);
    assertThat(portsOf(pool, wish(false), 10)).as("one at a time").containsExactly(2);
    trial.answered(200);
    trial.whole();
    assertThat(portsOf(pool, unrepeatable(), 10)).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void fewAndFullMeansThatTheOthersAreAskedToo() {
    Pool pool = pool(settings(1, 1, 10, SHORT), listed(1, 1), listed(2, 1), listed(3, 1));
    takeDown(pool, 1);
    taken(pool, unrepeatable());
    taken(pool, unrepeatable());
    assertThat(refused(pool, unrepeatable()))
        .as("two of three are up: no panic")
        .isEqualTo(OriginError.CONNECTION_WAIT_TIMEOUT);
    takeDown(pool, 2);
    assertThat(taken(pool, unrepeatable()).member().origin().port()).isEqualTo(1);
  }

  @Test
  void whoWaitsGetsThePlaceThatBecomesFreeInHisTurn() throws Exception {
    Pool pool = pool(settings(1, 1, 10, LONG), listed(1, 1));
    Slot first = taken(pool, wish(false));
    Queue<Integer> order = new ConcurrentLinkedQueue<>();
    Queue<Slot> got = new ConcurrentLinkedQueue<>();
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      boolean fills = i % 2 == 0;
      waiting.add(
          threads.submit(() -> {
            Slot slot = taken(pool, wish(fills));
            order.add(number);
            got.add(slot);
          }));
      int before = i;
      Awaitility.await().until(() -> figures(pool).waiting() == before + 1);
    }
    first.leave();
    for (int i = 0; i < 5; i++) {
      Awaitility.await().until(() -> !got.isEmpty());
      got.remove().leave();
    }
    for (Future<?> one : waiting) {
      one.get(20, TimeUnit.SECONDS);
    }
    assertThat(order).containsExactly(0, 1, 2, 3, 4);
  }

  private static PoolFigures figures(Pool pool) {
    return pool.figures(Map.of(), 0);
  }

  @Test
  void fillsThatWaitHoldUpNobodyElse() throws Exception {
    Pool pool = pool(settings(2, 1, 10, LONG), listed(1, 1));
    Slot fill = taken(pool, wish(true));
    Future<Slot> second = threads.submit(() -> taken(pool, wish(true)));
    Awaitility.await().until(() -> figures(pool).waiting() == 1);
    // There is room for it, whoever waits.
    taken(pool, wish(false)).leave();
    assertThat(second.isDone()).isFalse();
    fill.leave();
    second.get(20, TimeUnit.SECONDS).leave();
  }

  @Test
  void theQueueHasABoundForEachKindAndATimeForAll() throws Exception {
    Pool pool = pool(settings(1, 1, 1, LONG), listed(1, 1));
    Slot slot = taken(pool, wish(false));
    Future<Slot> waiting = threads.submit(() -> taken(pool, wish(false)));
    Awaitility.await().until(() -> figures(pool).waiting() == 1);
    assertThat(refused(pool, wish(false))).isEqualTo(OriginError.CONNECTION_LIMIT_REACHED);
    pool.apply(settings(1, 1, 1, SHORT));
    assertThat(refused(pool, wish(true))).isEqualTo(OriginError.CONNECTION_WAIT_TIMEOUT);
    assertThat(figures(pool).refusedFull()).isEqualTo(1);
    assertThat(figures(pool).refusedLate()).isEqualTo(1);
    slot.leave();
    waiting.get(20, TimeUnit.SECONDS).leave();
    assertThat(figures(pool).waiting()).isZero();
  }

  @Test
  void whoGivesUpWaitsNoLonger() throws Exception {
    Pool pool = pool(settings(1, 1, 1, LONG), listed(1, 1));
    taken(pool, wish(false));
    CompletableFuture<Void> givenUp = new CompletableFuture<>();
    Future<Pool.Taking> waiting = threads.submit(() -> pool.take(wish(false), givenUp));
    Awaitility.await().until(() -> figures(pool).waiting() == 1);
    givenUp.complete(null);
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isInstanceOf(Pool.Taking.Refused.class);
    assertThat(figures(pool).waiting()).isZero();
  }

  @Test
  void anOriginThatComesServesThoseWhoWait() throws Exception {
    Pool pool = pool(settings(1, 1, 10, LONG), listed(1, 1));
    taken(pool, wish(false));
    Future<Slot> waiting = threads.submit(() -> taken(pool, wish(false)));
    Awaitility.await().until(() -> figures(pool).waiting() == 1);
    pool.list(List.of(listed(1, 1), listed(2, 1)));
    assertThat(waiting.get(20, TimeUnit.SECONDS).member().origin().port()).isEqualTo(2);
  }

  @Test
  void whatIsKnownOfAnOriginStaysWhenTheListChanges() {
    Pool pool = pool(settings(10, 10, 10, SHORT), listed(1, 1), listed(2, 1));
    takeDown(pool, 1);
    pool.list(List.of(listed(3, 1), new ListedOrigin(origin(1), 7, 1)));
    assertThat(portsOf(pool, wish(false), 10)).containsExactly(3);
    assertThat(pool.members().all().getLast().listed().weight()).isEqualTo(7);
    assertThat(pool.members().all().getLast().origin()).isEqualTo(origin(1));
  }

  @Test
  void beforeAnyOriginIsFoundRequestsAreTold() {
    Pool pool = new Pool(settings(1, 1, 1, SHORT), time);
    assertThat(refused(pool, wish(false))).isEqualTo(OriginError.DESTINATION_UNKNOWN);
    pool.looked(OriginError.DNS_ERROR);
    assertThat(refused(pool, wish(false))).isEqualTo(OriginError.DNS_ERROR);
  }

  /// Many threads, few places, all kinds of ends: no origin ever has more than its places, nobody
  /// is forgotten, and all places are free in the end.
  @Test
  void underStressNoBoundIsBrokenAndNobodyIsForgotten() throws Exception {
    long seed = 20261126;
    int perOrigin = 3;
    Pool pool = pool(settings(perOrigin, 2, 1_000, LONG), listed(1, 1), listed(2, 1), listed(3, 2));
    AtomicInteger tooMany = new AtomicInteger();
    AtomicInteger served = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < 60; t++) {
      Random random = new Random(seed + t);
      all.add(
          threads.submit(() -> {
            for (int i = 0; i < 100; i++) {
              Slot slot = taken(pool, wish(random.nextBoolean()));
              if (slot.member().underWay() > perOrigin) {
                tooMany.incrementAndGet();
              }
              served.incrementAndGet();
              switch (random.nextInt(6)) {
                case 0 -> failAt(slot);
                case 1 -> slot.unwanted();
                case 2 -> time.advance(Duration.ofSeconds(1));
                default -> slot.answered(200);
              }
              slot.whole();
            }
          }));
    }
    for (Future<?> one : all) {
      one.get(60, TimeUnit.SECONDS);
    }
    assertThat(tooMany).as("seed %d", seed).hasValue(0);
    assertThat(served).hasValue(6_000);
    assertThat(pool.members().all()).allMatch(member -> member.underWay() == 0);
    assertThat(figures(pool).waiting()).isZero();
  }
}
