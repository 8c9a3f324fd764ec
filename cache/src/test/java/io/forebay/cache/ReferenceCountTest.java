package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static io.forebay.cache.TestCaches.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.cache.testing.TestingTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReferenceCountTest {

  private final TestingTimeSource time = new TestingTimeSource();
  private final Upkeep upkeep = Upkeep.manual();
  private final Cache<String, ByteValue> cache = cacheOf(10);

  @Test
  void theCacheHoldsOneReferenceAndEveryReaderOne() {
    ByteValue value = bytes("v");
    cache.put("k", Draft.of(value, HOUR), Precondition.NONE);
    assertThat(value.references()).isEqualTo(2);
    value.release();
    try (Entry<String, ByteValue> one = Objects.requireNonNull(cache.get("k"));
        Entry<String, ByteValue> two = Objects.requireNonNull(cache.peek("k"))) {
      assertThat(value.references()).isEqualTo(3);
      assertThat(one.value()).isSameAs(two.value());
    }
    assertThat(value.references()).isEqualTo(1);
  }

  @Test
  void everyWayOutReleasesTheCachesReferenceOnce() {
    List<ByteValue> out =
        List.of(
            leaving("replaced", () -> put("replaced")),
            leaving("removed", () -> cache.remove("removed", Precondition.NONE)),
            leaving(
                "invalidated",
                () ->
                    cache.invalidate(
                        new Scope.Keys(Set.of("invalidated")), Invalidation.Mode.HARD)),
            leaving("evicted", this::fill),
            leaving("expired in the background", this::passAnHour),
            leaving(
                "expired on access",
                () -> {
                  time.advance(Duration.ofHours(2));
                  cache.get("expired on access");
                }),
            leaving(
                "swept",
                () -> {
                  cache.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
                  upkeep.run();
                }),
            leaving("closed", cache::close));
    assertThat(out).allSatisfy(value -> assertThat(value.references()).isZero());
  }

  @Test
  void aRefusedWriteKeepsNoReference() {
    put("k");
    ByteValue value = bytes("v");
    cache.put("k", Draft.of(value, HOUR), Precondition.ABSENT);
    LoadToken<String> load = cache.beginLoad("k");
    put("k");
    cache.complete(load, Draft.of(value, HOUR));
    assertThat(value.references()).isEqualTo(1);
  }

  @Test
  void aReaderMayUseItsValueAfterEviction() {
    cache.changeEvictionPolicy("fifo"); // which evicts it although it is read
    put("k");
    try (Entry<String, ByteValue> held = Objects.requireNonNull(cache.get("k"))) {
      fill();
      assertThat(cache.peek("k")).isNull();
      assertThat(held.value().hasContent("v".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
          .isTrue();
    }
  }

  @Test
  void aValueThatIsAlreadyReleasedIsRejected() {
    ByteValue value = bytes("v");
    value.release();
    assertThatThrownBy(() -> cache.put("k", Draft.of(value, HOUR), Precondition.NONE))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void underConcurrentReadsWritesAndEvictionsNoValueIsUsedAfterReleaseOrLeaked()
      throws InterruptedException {
    Cache<String, ByteValue> busy = cacheOf(16);
    ConcurrentLinkedQueue<ByteValue> made = new ConcurrentLinkedQueue<>();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      long seed = 1_000L + t;
      Thread thread =
          Thread.ofPlatform().unstarted(() -> useAtRandom(busy, made, new Random(seed)));
      thread.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
    busy.close();
    assertThat(made).allSatisfy(value -> assertThat(value.references()).isZero());
    assertThat(busy.statistics().weightBytes()).isZero();
    assertThat(busy.statistics().entries()).isZero();
  }

  private void useAtRandom(
      Cache<String, ByteValue> busy, ConcurrentLinkedQueue<ByteValue> made, Random random) {
    for (int i = 0; i < 50_000; i++) {
      String key = "k" + random.nextInt(32);
      switch (random.nextInt(12)) {
        case 0, 1 -> {
          ByteValue value = bytes(key);
          made.add(value);
          busy.put(key, Draft.of(value, HOUR), Precondition.NONE);
          value.release();
        }
        case 2 -> busy.remove(key, Precondition.NONE);
        case 3 -> {
          if (random.nextInt(50) == 0) {
            busy.invalidate(new Scope.Everything(), Invalidation.Mode.HARD);
          }
          upkeep.run();
        }
        default -> {
          Entry<String, ByteValue> entry = busy.get(key);
          if (entry != null) {
            try (entry) {
              byte[] content = entry.value().toByteArray();
              if (!key.equals(new String(content, java.nio.charset.StandardCharsets.UTF_8))) {
                throw new AssertionError("read another key's value");
              }
            }
          }
        }
      }
    }
  }

  private Cache<String, ByteValue> cacheOf(int entries) {
    return CacheBuilder.<ByteValue>withTextKeys("bytes")
        .maxBytes(1 << 20, Weigher.ofBytes())
        .maxEntries(entries)
        .evictionPolicy("lru")
        .timeSource(time)
        .upkeep(upkeep)
        .build();
  }

  private ByteValue leaving(String key, Runnable way) {
    ByteValue value = put(key);
    assertThat(value.references()).as(key).isEqualTo(1);
    way.run();
    assertThat(value.references()).as(key).isZero();
    return value;
  }

  private ByteValue put(String key) {
    ByteValue value = bytes("v");
    cache.put(key, Draft.of(value, HOUR), Precondition.NONE);
    value.release();
    return value;
  }

  private void fill() {
    for (int i = 0; i < 10; i++) {
      put("filler" + i);
    }
  }

  private void passAnHour() {
    time.advance(Duration.ofMinutes(61));
    upkeep.run();
  }
}
