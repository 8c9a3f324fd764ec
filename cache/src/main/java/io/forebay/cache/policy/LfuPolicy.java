package io.forebay.cache.policy;

/// `lfu` with aging: evicts the lowest access count; among equals, the one accessed longest ago.
/// What was added last is spared, or nothing new would ever get in. Counts stop at 255. After ten
/// accesses for each entry held (at least 100) all counts are halved, so that old favourites leave;
/// entries whose counts become equal keep their order.
///
/// Constant time, but for the halving: one pass over the slots, every tenth of them an access. 13
/// bytes a slot.
final class LfuPolicy extends WeighedPolicy {

  static final int MAX_COUNT = 255;
  private static final int ACCESSES_PER_ENTRY = 10;
  private static final int LEAST_ACCESSES = 100;

  /// List `c` holds the slots with count `c`.
  private final SlotLists byCount = new SlotLists(MAX_COUNT + 1);

  private final ByteColumn counts = new ByteColumn();
  private long accessesSinceHalving;

  LfuPolicy(long maxWeightBytes, long maxEntries) {
    super(maxWeightBytes, maxEntries);
  }

  @Override
  public String name() {
    return "lfu";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    counts.cover(slot);
    counts.set(slot, 1);
    byCount.append(1, slot);
    age();
  }

  @Override
  void accessed(int slot) {
    int count = count(slot);
    byCount.unlink(count, slot);
    int raised = Math.min(count + 1, MAX_COUNT);
    counts.set(slot, raised);
    byCount.append(raised, slot);
    age();
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    accessed(slot);
  }

  private void age() {
    if (++accessesSinceHalving < Math.max(LEAST_ACCESSES, (long) ACCESSES_PER_ENTRY * size())) {
      return;
    }
    accessesSinceHalving = 0;
    byCount.appendAll(1, 0);
    for (int count = 2; count <= MAX_COUNT; count++) {
      byCount.appendAll(count, count / 2);
    }
    for (int slot = 0; slot < counts.limit(); slot++) {
      counts.set(slot, count(slot) / 2);
    }
  }

  @Override
  void removed(int slot) {
    byCount.unlink(count(slot), slot);
  }

  @Override
  int victim(long nowNanos) {
    int newcomer = protectedNewcomer();
    int count = 0;
    int slot = byCount.oldest(count);
    while (slot == SlotLists.NONE || slot == newcomer) {
      slot = slot == newcomer && slot != SlotLists.NONE ? byCount.newerThan(slot) : SlotLists.NONE;
      if (slot == SlotLists.NONE) {
        slot = byCount.oldest(++count);
      }
    }
    byCount.unlink(count, slot);
    return slot;
  }

  private int count(int slot) {
    return Byte.toUnsignedInt(counts.get(slot));
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    int[] slots = new int[size()];
    int end = 0;
    for (int count = 0; count <= MAX_COUNT; count++) {
      end = byCount.copy(count, slots, end);
    }
    return slots;
  }
}
