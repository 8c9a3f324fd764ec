package io.forebay.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Columns grow without copying: all that growing allocates is what they hold in the end.
class ColumnsTest {

  private static final int MILLION = 1_000_000;

  private static long allocatedBytes(Runnable action) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    action.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void growingAllocatesWhatIsHeldAndLittleElse() {
    long allocated =
        allocatedBytes(() -> {
          IntColumn column = new IntColumn();
          for (int slot = 0; slot < MILLION; slot++) {
            column.cover(slot);
            column.set(slot, slot);
          }
        });
    assertThat(allocated).isBetween(4L * MILLION, 4L * MILLION + 80_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 15, 16, 100, 4_095, 4_096, 4_097, 100_000, 1_000_003})
  void atMostOneChunkIsUnusedAndAtMostHalfOfTheFirst(int slot) {
    IntColumn column = new IntColumn();
    for (int covered = 0; covered <= slot; covered++) {
      column.cover(covered);
    }
    int most = slot < Chunks.SIZE ? Math.max(16, 2 * (slot + 1)) : slot + Chunks.SIZE;
    assertThat(column.limit()).isBetween(slot + 1, most);
  }

  @Test
  void whatWasSetStaysAndWhatWasNotIsAsAtFirst() {
    IntColumn ints = new IntColumn(-1);
    LongColumn longs = new LongColumn();
    ByteColumn bytes = new ByteColumn();
    ReferenceColumn<String> references = new ReferenceColumn<>();
    for (int slot = 0; slot < 20_000; slot += 2) {
      ints.cover(slot + 1);
      longs.cover(slot + 1);
      bytes.cover(slot + 1);
      references.cover(slot + 1);
      ints.set(slot, slot);
      longs.set(slot, -slot);
      bytes.set(slot, slot);
      references.set(slot, "at " + slot);
    }
    for (int slot = 0; slot < 20_000; slot += 2) {
      assertThat(ints.get(slot)).isEqualTo(slot);
      assertThat(ints.get(slot + 1)).isEqualTo(-1);
      assertThat(longs.get(slot)).isEqualTo(-slot);
      assertThat(longs.get(slot + 1)).isZero();
      assertThat(bytes.get(slot)).isEqualTo((byte) slot);
      assertThat(references.get(slot)).isEqualTo("at " + slot);
      assertThat(references.get(slot + 1)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void anIndexThatCannotBeIsRefused(int index) {
    assertThatThrownBy(() -> new IntColumn().cover(index))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Residents().cover(index))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void autoTakesSixteenBytesAnEntryWithItsLifetimeBeforeTheFirstEviction() {
    long allocated =
        allocatedBytes(() -> {
          EvictionPolicy policy = EvictionPolicies.named("auto", 1L << 40, Long.MAX_VALUE, 1);
          for (int slot = 0; slot < MILLION; slot++) {
            policy.add(slot, slot, 100, 1_000_000_000L * slot);
          }
        });
    long perEntry = 16L * MILLION;
    long tablesAndAChunk = 250_000;
    assertThat(allocated).isBetween(perEntry, perEntry + tablesAndAChunk);
  }
}
