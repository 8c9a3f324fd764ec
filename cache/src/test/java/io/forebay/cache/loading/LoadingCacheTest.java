package io.forebay.cache.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.cache.ByteValue;
import io.forebay.cache.Cache;
import io.forebay.cache.CacheBuilder;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Invalidation;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.Upkeep;
import io.forebay.cache.Weigher;
import io.forebay.cache.testing.TestingTimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadingCacheTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestingTimeSource time = new TestingTimeSource();
  private final Cache<String, String> cache =
      CacheBuilder.<String>withTextKeys("loaded")
          .maxEntries(1_000)
          .timeSource(time)
          .upkeep(Upkeep.manual())
          .build();

  @Test
  void whatIsMissingIsLoadedAndThenServed() {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT);
    assertThat(loading.get("k", finding("v")).toString()).isEqualTo("LOADED v");
    assertThat(loading.get("k", failing()).toString()).isEqualTo("HIT v");
    assertThat(loading.statistics().loads()).isEqualTo(1);
  }

  @Test
  void oneLoadAnswersAllWhoAskMeanwhile() throws InterruptedException {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT);
    SlowSource source = new SlowSource();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    answers.add(async(() -> loading.get("k", source).toString()));
    source.asked.await();
    for (int i = 0; i < 99; i++) {
      answers.add(async(() -> loading.get("k", failing()).toString()));
    }
    Awaitility.await().until(() -> loading.waiting("k") == 100);
    source.answers.complete("v");

    List<String> received = answers.stream().map(CompletableFuture::join).toList();
    assertThat(received).filteredOn("LOADED v"::equals).hasSize(1);
    assertThat(received).filteredOn("FOLLOWED v"::equals).hasSize(99);
    assertThat(loading.statistics().loads()).isEqualTo(1);
    assertThat(loading.statistics().followed()).isEqualTo(99);
  }

  @Test
  void aFailedLoadFailsAllWhoWaitAndIsNotRemembered() throws InterruptedException {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT);
    SlowSource source = new SlowSource();
    CompletableFuture<String> first = async(() -> loading.get("k", source).toString());
    source.asked.await();
    CompletableFuture<String> second = async(() -> loading.get("k", finding("other")).toString());
    Awaitility.await().until(() -> loading.waiting("k") == 2);
    source.answers.completeExceptionally(new IOException("down"));
    assertThatThrownBy(first::join)
        .cause()
        .isInstanceOfSatisfying(
            LoadException.class, e -> assertThat(e.reason()).isEqualTo(LoadException.Reason.FAILED))
        .hasRootCauseMessage("down");
    assertThatThrownBy(second::join).cause().isInstanceOf(LoadException.class);
    assertThat(loading.get("k", finding("v")).toString()).isEqualTo("LOADED v");
  }

  @Test
  void whoAskedAfterAnInvalidationDoesNotGetTheValueOfAnOlderLoad() throws InterruptedException {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT);
    SlowSource old = new SlowSource();
    CompletableFuture<String> before = async(() -> loading.get("k", old).toString());
    old.asked.await();
    cache.invalidate(new Scope.Keys(Set.of("k")), Invalidation.Mode.HARD);
    CompletableFuture<String> after = async(() -> loading.get("k", finding("new")).toString());
    Awaitility.await().until(() -> loading.waiting("k") == 2);
    old.answers.complete("old");

    assertThat(before.join()).isEqualTo("LOADED old");
    assertThat(after.join()).isEqualTo("LOADED new");
    assertThat(loading.get("k", failing()).toString()).isEqualTo("HIT new");
    assertThat(loading.statistics().notStored()).isEqualTo(1);
  }

  @Test
  void staleIsServedAtOnceWhileOneLoadReplacesIt() throws InterruptedException {
    LoadingCache<String, String> loading =
        with(LoadPolicy.DEFAULT.withStaleWhileRevalidate(MINUTE));
    loading.get("k", finding("old"));
    time.advance(MINUTE.plusSeconds(30));
    SlowSource source = new SlowSource();
    assertThat(loading.get("k", source).toString()).isEqualTo("STALE_WHILE_REVALIDATING old");
    source.asked.await();
    assertThat(loading.get("k", failing()).toString()).isEqualTo("STALE_WHILE_REVALIDATING old");
    source.answers.complete("new");
    Awaitility.await().until(() -> loading.get("k", failing()).toString().equals("HIT new"));
    assertThat(loading.statistics().refreshesWhileStale()).isEqualTo(1);
  }

  @Test
  void beyondTheStaleWindowsCallersWait() {
    LoadingCache<String, String> loading =
        with(LoadPolicy.DEFAULT.withStaleWhileRevalidate(MINUTE).withStaleIfError(MINUTE));
    loading.get("k", finding("old"));
    time.advance(MINUTE.multipliedBy(2));
    assertThatThrownBy(() -> loading.get("k", failing())).isInstanceOf(LoadException.class);
    assertThat(loading.get("k", finding("new")).toString()).isEqualTo("LOADED new");
  }

  @Test
  void staleIsServedIfTheLoadFails() {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT.withStaleIfError(MINUTE));
    loading.get("k", finding("old"));
    time.advance(MINUTE.plusSeconds(30));
    assertThat(loading.get("k", failing()).toString()).isEqualTo("STALE_ON_ERROR old");
    assertThat(loading.get("k", finding("new")).toString()).isEqualTo("LOADED new");
    assertThat(loading.statistics().servedStaleOnError()).isEqualTo(1);
    assertThat(loading.statistics().loadFailures()).isEqualTo(1);
  }

  @Test
  void afterTheSoftTimeoutStaleIsServedAndTheLoadFinishesInTheBackground() {
    LoadingCache<String, String> loading =
        with(LoadPolicy.DEFAULT.withStaleIfError(MINUTE).withSoftTimeout(Duration.ofMillis(1)));
    loading.get("k", finding("old"));
    time.advance(MINUTE.plusSeconds(30));
    SlowSource source = new SlowSource();
    assertThat(loading.get("k", source).toString()).isEqualTo("STALE_ON_TIMEOUT old");
    source.answers.complete("new");
    Awaitility.await().until(() -> cachedValue("k").equals("new"));
    assertThat(loading.statistics().servedStaleOnTimeout()).isEqualTo(1);
  }

  @Test
  void afterTheHardTimeoutTheCallerGoesAndTheLoadFinishesInTheBackground() {
    LoadingCache<String, String> loading =
        with(LoadPolicy.DEFAULT.withHardTimeout(Duration.ofMillis(1)));
    SlowSource source = new SlowSource();
    assertThatThrownBy(() -> loading.get("k", source))
        .isInstanceOfSatisfying(
            LoadException.class,
            e -> assertThat(e.reason()).isEqualTo(LoadException.Reason.TIMED_OUT));
    source.answers.complete("v");
    Awaitility.await().until(() -> cachedValue("k").equals("v"));
    assertThat(loading.statistics().timeouts()).isEqualTo(1);
  }

  @Test
  void aValueNearItsExpiryIsRefreshedEarlyWithoutWaiting() {
    LoadingCache<String, String> loading =
        LoadingCache.over(cache)
            .policy(LoadPolicy.DEFAULT.withEarlyRefresh(1))
            .timeSource(time)
            .random(() -> new Random(7))
            .build();
    loading.get(
        "k",
        _ -> {
          time.advance(Duration.ofSeconds(10)); // the load takes ten seconds
          return Optional.of(draft("old"));
        });
    assertThat(loading.get("k", failing()).toString()).isEqualTo("HIT old");
    assertThat(loading.statistics().refreshesEarly()).isZero();
    time.advance(MINUTE.minusMillis(1));
    assertThat(loading.get("k", finding("new")).toString()).isEqualTo("HIT old");
    assertThat(loading.statistics().refreshesEarly()).isEqualTo(1);
    Awaitility.await().until(() -> cachedValue("k").equals("new"));
  }

  @Test
  void absenceIsRememberedForItsLifetimeAndOverwrittenByAWrite() {
    LoadingCache<String, String> loading =
        LoadingCache.over(cache).timeSource(time).rememberAbsence("", MINUTE).build();
    assertThat(loading.get("k", _ -> Optional.empty()).value()).isEmpty();
    assertThat(loading.get("k", failing()).value()).isEmpty();
    time.advance(MINUTE);
    assertThat(loading.get("k", _ -> Optional.empty()).value()).isEmpty();
    assertThat(loading.statistics().loads()).isEqualTo(2);
    cache.put("k", draft("v"), Precondition.NONE);
    assertThat(loading.get("k", failing()).toString()).isEqualTo("HIT v");
  }

  @Test
  void whatTheSourceNoLongerHasLeavesTheCache() {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT.withStaleIfError(MINUTE));
    loading.get("k", finding("old"));
    time.advance(MINUTE.plusSeconds(1));
    assertThat(loading.get("k", _ -> Optional.empty()).value()).isEmpty();
    assertThat(cache.peek("k")).isNull();
  }

  @Test
  void manyKeysAreLoadedWithOneQuestion() {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT);
    loading.get("b", finding("present"));
    List<Set<String>> asked = new ArrayList<>();
    Map<String, Answer<String>> answers =
        loading.getAll(
            List.of("a", "b", "c", "d", "a"),
            keys -> {
              asked.add(keys);
              return Map.of("a", draft("1"), "c", draft("3"), "z", draft("unasked"));
            });
    assertThat(asked).containsExactly(Set.of("a", "c", "d"));
    assertThat(answers.keySet()).containsExactly("a", "b", "c", "d");
    assertThat(answers.values().stream().map(answer -> answer.value().orElse("none")))
        .containsExactly("1", "present", "3", "none");
    assertThat(cache.peek("z")).isNull();
    assertThat(cachedValue("c")).isEqualTo("3");
  }

  @Test
  void aBulkLoadJoinsLoadsThatAreUnderWay() throws InterruptedException {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT);
    SlowSource source = new SlowSource();
    CompletableFuture<String> single = async(() -> loading.get("a", source).toString());
    source.asked.await();
    List<Set<String>> asked = new ArrayList<>();
    CompletableFuture<String> bulk =
        async(() ->
            loading
                .getAll(
                    List.of("a", "b"),
                    keys -> {
                      asked.add(keys);
                      return Map.of("b", draft("2"));
                    })
                .toString());
    Awaitility.await().until(() -> loading.waiting("a") == 2);
    source.answers.complete("1");
    assertThat(single.join()).isEqualTo("LOADED 1");
    assertThat(bulk.join()).isEqualTo("{a=FOLLOWED 1, b=LOADED 2}");
    assertThat(asked).containsExactly(Set.of("b"));
  }

  @Test
  void backgroundLoadsBeyondTheBoundAreSkippedAndCounted() throws InterruptedException {
    LoadingCache<String, String> loading =
        with(LoadPolicy.DEFAULT.withStaleWhileRevalidate(MINUTE).withMaxLoads(1));
    loading.get("k", finding("old"));
    time.advance(MINUTE.plusSeconds(1));
    SlowSource source = new SlowSource();
    CompletableFuture<String> other = async(() -> loading.get("other", source).toString());
    source.asked.await();
    assertThat(loading.get("k", failing()).toString()).isEqualTo("STALE_WHILE_REVALIDATING old");
    assertThat(loading.statistics().refreshesSkipped()).isEqualTo(1);
    source.answers.complete("v");
    other.join();
  }

  @Test
  void everyAnswerHoldsItsOwnReference() throws InterruptedException {
    Cache<String, ByteValue> bytes =
        CacheBuilder.<ByteValue>withTextKeys("bytes")
            .maxBytes(1 << 20, Weigher.ofBytes())
            .timeSource(time)
            .upkeep(Upkeep.manual())
            .build();
    LoadingCache<String, ByteValue> loading = LoadingCache.over(bytes).timeSource(time).build();
    ByteValue value = ByteValue.wrap(new byte[] {1});
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<ByteValue> found = new CompletableFuture<>();
    List<CompletableFuture<Answer<ByteValue>>> answers = new ArrayList<>();
    answers.add(
        async(() ->
            loading.get(
                "k",
                _ -> {
                  asked.countDown();
                  return Optional.of(Draft.of(found.get(), Lifetime.of(MINUTE)));
                })));
    asked.await();
    for (int i = 0; i < 9; i++) {
      answers.add(async(() -> loading.get("k", _ -> Optional.empty())));
    }
    Awaitility.await().until(() -> loading.waiting("k") == 10);
    found.complete(value);
    List<Answer<ByteValue>> received = answers.stream().map(CompletableFuture::join).toList();
    assertThat(value.references()).isEqualTo(11);
    received.forEach(Answer::close);
    assertThat(value.references()).isEqualTo(1);
    bytes.close();
    assertThat(value.references()).isZero();
  }

  @Test
  void underRandomLoadsAndInvalidationsNoAnswerIsOlderThanWhatWasAcknowledgedBefore()
      throws InterruptedException {
    LoadingCache<String, String> loading = with(LoadPolicy.DEFAULT);
    AtomicInteger source = new AtomicInteger();
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger violations = new AtomicInteger();
    List<Thread> readers = new ArrayList<>();
    for (int r = 0; r < 4; r++) {
      readers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 3_000; i++) {
                  int least = acknowledged.get();
                  String found =
                      loading
                          .get("k", _ -> Optional.of(draft(Integer.toString(source.get()))))
                          .orThrow();
                  if (Integer.parseInt(found) < least) {
                    violations.incrementAndGet();
                  }
                }
              }));
    }
    while (readers.stream().anyMatch(Thread::isAlive)) {
      int version = source.incrementAndGet();
      cache.invalidate(new Scope.Keys(Set.of("k")), Invalidation.Mode.HARD);
      acknowledged.set(version);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(violations.get()).isZero();
  }

  private static final class SlowSource implements Loader<String, String> {
    final CountDownLatch asked = new CountDownLatch(1);
    final CompletableFuture<String> answers = new CompletableFuture<>();

    @Override
    public Optional<Draft<String>> load(String key) throws Exception {
      asked.countDown();
      return Optional.of(draft(answers.get()));
    }
  }

  private LoadingCache<String, String> with(LoadPolicy policy) {
    return LoadingCache.over(cache).policy(policy).timeSource(time).build();
  }

  private static Draft<String> draft(String value) {
    return Draft.of(value, Lifetime.of(MINUTE));
  }

  private static Loader<String, String> finding(String value) {
    return _ -> Optional.of(draft(value));
  }

  private static Loader<String, String> failing() {
    return _ -> {
      throw new IOException("the source was asked");
    };
  }

  private static <T> CompletableFuture<T> async(java.util.function.Supplier<T> call) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            future.complete(call.get());
          } catch (RuntimeException e) {
            future.completeExceptionally(e);
          }
        });
    return future;
  }

  private String cachedValue(String key) {
    Entry<String, String> entry = cache.peek(key);
    return entry == null ? "nothing" : Objects.requireNonNull(entry.value());
  }
}
