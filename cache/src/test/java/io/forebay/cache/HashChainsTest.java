package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashChainsTest {

  private static final Clocks CLOCKS = new Clocks(TimeSource.SYSTEM);

  private final HashChains<String, Integer> chains = new HashChains<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithAMapOverRandomOperations(long seed) {
    Random random = new Random(seed);
    Map<String, HeapResident<String, Integer>> model = new HashMap<>();
    // Few hashes, so that chains are long and different keys share one.
    int hashes = seed % 2 == 0 ? 50 : 1 << 20;
    for (int step = 0; step < 50_000; step++) {
      String key = "k" + random.nextInt(3_000);
      if (random.nextInt(3) > 0) {
        HeapResident<String, Integer> arriving = resident(key, hashes, step);
        assertThat(chains.put(arriving))
            .as("seed %d, step %d", seed, step)
            .isSameAs(model.put(key, arriving));
      } else {
        HeapResident<String, Integer> known = model.remove(key);
        if (known != null) {
          assertThat(chains.remove(known)).as("seed %d, step %d", seed, step).isTrue();
          assertThat(chains.remove(known)).as("seed %d, step %d", seed, step).isFalse();
        }
      }
      String asked = "k" + random.nextInt(3_000);
      assertThat(chains.get(asked, hash(asked, hashes)))
          .as("seed %d, step %d", seed, step)
          .isSameAs(model.get(asked));
    }
    List<HeapResident<String, Integer>> copy = new ArrayList<>();
    chains.forEach(found -> copy.add((HeapResident<String, Integer>) found));
    assertThat(copy).containsExactlyInAnyOrderElementsOf(model.values());
    assertThat(chains.size()).isEqualTo(model.size());
  }

  @Test
  void aResidentThatWasReplacedIsNotRemovedAgain() {
    HeapResident<String, Integer> old = resident("k", 100, 1);
    HeapResident<String, Integer> young = resident("k", 100, 2);
    chains.put(old);
    chains.put(young);
    assertThat(chains.remove(old)).isFalse();
    assertThat(chains.get("k", hash("k", 100))).isSameAs(young);
  }

  /// Half of the keys stay; the others come and go and make the table grow again and again. A
  /// reader must find every key that stays at every moment.
  @Test
  void readersFindWhatIsPresentWhileTheTableGrowsAndItsNeighboursChange()
      throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      HashChains<String, Integer> growing = new HashChains<>();
      List<HeapResident<String, Integer>> staying = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        HeapResident<String, Integer> resident = resident("stay" + i, 1 << 20, i);
        staying.add(resident);
        growing.put(resident);
      }
      AtomicReference<@Nullable String> lost = new AtomicReference<>();
      Thread writer = Thread.ofPlatform().start(() -> grow(growing));
      Thread reader =
          Thread.ofPlatform()
              .start(() -> {
                do {
                  for (HeapResident<String, Integer> resident : staying) {
                    if (growing.get(resident.key(), resident.hash) != resident) {
                      lost.set(resident.key());
                    }
                  }
                } while (writer.isAlive());
              });
      writer.join();
      reader.join();
      assertThat(lost.get()).isNull();
    }
  }

  private static void grow(HashChains<String, Integer> chains) {
    List<HeapResident<String, Integer>> passing = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      HeapResident<String, Integer> resident = resident("pass" + i, 1 << 20, i);
      chains.put(resident);
      passing.add(resident);
      if (i % 3 == 0) {
        chains.remove(passing.get(i / 2));
      }
    }
  }

  private static int hash(String key, int hashes) {
    return Table.spread(key) % hashes;
  }

  private static HeapResident<String, Integer> resident(String key, int hashes, int value) {
    Draft<Integer> draft = Draft.of(value, HOUR);
    return new HeapResident<>(
        key, hash(key, hashes), draft, value, new Position(1, 0), 0, 1, 0, CLOCKS);
  }
}
