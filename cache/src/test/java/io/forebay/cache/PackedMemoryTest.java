package io.forebay.cache;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedMemoryTest {

  private static final long MEBIBYTE = 1 << 20;

  private final PackedMemory memory = new PackedMemory();

  /// Content of each block by reference: all its bytes.
  private final Map<Integer, Byte> contents = new HashMap<>();

  private final List<Integer> references = new ArrayList<>();
  private byte nextContent;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void blocksKeepTheirContentOverRandomAllocationsAndCompactions(long seed) {
    Random random = new Random(seed);
    int longest = seed % 2 == 0 ? 200 : 20_000;
    int most = seed % 2 == 0 ? 20_000 : 500;
    for (int step = 0; step < 60_000; step++) {
      if (references.size() < random.nextInt(most) + 1) {
        take(1 + random.nextInt(longest));
      } else {
        give(random.nextInt(references.size()));
      }
      if (random.nextInt(100) == 0) {
        memory.compact(random.nextInt(200), this::move);
      }
      if (step % 5_000 == 0) {
        contents.keySet().forEach(this::check);
      }
    }
    while (!references.isEmpty()) {
      give(references.size() - 1);
    }
    compactWholly(); // ends what was begun
    assertThat(memory.usedBytes()).isZero();
    assertThat(memory.reservedBytes())
        .as("a slab to go on, and one spare")
        .isLessThan(3 * MEBIBYTE);
  }

  @Test
  void aFreedBlockIsGivenToTheNextOfItsSize() {
    int first = memory.allocate(160);
    memory.allocate(160);
    memory.free(first);
    assertThat(memory.allocate(160)).isEqualTo(first);
  }

  @Test
  void compactionGivesBackWhatLiesIdleWhenSizesChange() {
    for (int i = 0; i < 200_000; i++) {
      take(100);
    }
    long full = memory.reservedBytes();
    for (int i = references.size() - 1; i >= 0; i--) {
      if (i % 4 != 0) {
        give(i);
      }
    }
    assertThat(memory.reservedBytes()).as("every slab still has a block").isEqualTo(full);
    compactWholly();
    assertThat(memory.reservedBytes())
        .isLessThan(memory.usedBytes() * 8 / 7 + 3 * MEBIBYTE)
        .isLessThan(full / 3);
    contents.keySet().forEach(this::check);
  }

  @Test
  void aSlabWithABlockThatCannotMoveIsLeftForAnotherTime() {
    for (int i = 0; i < 50_000; i++) {
      take(100);
    }
    int pinned = references.get(0);
    for (int i = references.size() - 1; i > 0; i--) {
      if (i % 10 != 0) {
        give(i);
      }
    }
    boolean more = true;
    for (int i = 0; more && i < 1_000; i++) {
      more =
          memory.compact(
              100,
              reference -> {
                if (reference != pinned) {
                  move(reference);
                }
              });
    }
    check(pinned);
    assertThat(take(100)).isNotZero();
    contents.keySet().forEach(this::check);
  }

  @Test
  void aSmallCacheTakesLittle() {
    for (int i = 0; i < 20; i++) {
      take(150);
    }
    assertThat(memory.reservedBytes()).isEqualTo(8 << 10);
  }

  private void compactWholly() {
    boolean more = true;
    while (more) {
      more = memory.compact(1_000, this::move);
    }
  }

  private int take(int bytes) {
    int reference = memory.allocate(bytes + PackedMemory.HEADER_BYTES);
    assertThat(memory.bytesOf(reference)).isBetween(bytes, 24 + bytes + bytes / 8);
    assertThat(contents).doesNotContainKey(reference);
    byte content = nextContent++;
    fill(reference, content);
    contents.put(reference, content);
    references.add(reference);
    return reference;
  }

  private void give(int index) {
    int reference = references.get(index);
    check(reference);
    references.set(index, references.getLast());
    references.removeLast();
    contents.remove(reference);
    memory.free(reference);
  }

  private void move(int reference) {
    byte content = Objects.requireNonNull(contents.remove(reference));
    int bytes = memory.bytesOf(reference);
    int other = memory.allocate(bytes);
    fill(other, content);
    contents.put(other, content);
    references.set(references.indexOf(reference), other);
    memory.free(reference);
  }

  private void fill(int reference, byte content) {
    content(reference).fill(content);
  }

  private void check(int reference) {
    MemorySegment bytes = content(reference);
    byte expected = Objects.requireNonNull(contents.get(reference));
    for (long i = 0; i < bytes.byteSize(); i++) {
      if (bytes.get(JAVA_BYTE, i) != expected) {
        throw new AssertionError("byte " + i + " of block " + reference + " has changed");
      }
    }
  }

  private MemorySegment content(int reference) {
    return memory
        .segment(reference)
        .asSlice(
            PackedMemory.offset(reference) + PackedMemory.HEADER_BYTES,
            memory.bytesOf(reference) - PackedMemory.HEADER_BYTES);
  }
}
