package io.forebay.backends.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotIndexTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void itHoldsWhatAMapHolds(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SlotIndex index = new SlotIndex(1 << 20);
    Map<Long, SlotIndex.Entry> model = new HashMap<>();
    long[] hashes = random.longs(3_000).map(hash -> (hash & 0xfc0000000000003fL) | 1).toArray();
    for (int i = 0; i < 60_000; i++) { // many hashes have the same home
      long hash = hashes[random.nextInt(hashes.length)];
      switch (random.nextInt(100)) {
        case 0 -> {
          index.purge((place, _) -> place % 3 == 0);
          model.values().removeIf(entry -> entry.place() % 3 == 0);
        }
        case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23 -> {
          index.remove(hash);
          model.remove(hash);
        }
        default -> {
          long place = random.nextLong(1L << 60);
          assertThat(index.put(hash, place, i)).isTrue();
          model.put(hash, new SlotIndex.Entry(place, i));
        }
      }
      long look = hashes[random.nextInt(hashes.length)];
      assertThat(index.find(look))
          .as("seed %d, step %d", seed, i)
          .isEqualTo(Optional.ofNullable(model.get(look)));
    }
    assertThat(index.size()).isEqualTo(model.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1_024, 5_000})
  void itTakesAboutAsManyAsItMay(int most) {
    SplittableRandom random = new SplittableRandom(most);
    SlotIndex index = new SlotIndex(most);
    int taken = 0;
    while (index.put(random.nextLong(), 1, 1)) {
      taken++;
    }
    assertThat(taken).isBetween(most / 4, most + 64);
    index.purge((_, _) -> true);
    assertThat(index.put(random.nextLong(), 1, 1)).isTrue();
  }
}
