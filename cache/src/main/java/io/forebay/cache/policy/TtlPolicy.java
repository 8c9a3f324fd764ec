package io.forebay.cache.policy;

/// `ttl`: evicts what expires soonest. What never expires leaves only when nothing else is left,
/// least recently used first. What was added last is spared.
///
/// Logarithmic time to add, update and evict; an access is constant. 28 bytes a slot. Order among
/// equal times is unspecified.
final class TtlPolicy extends WeighedPolicy {

  private final SlotHeap byExpiry = new SlotHeap();
  private final SlotLists eternal = new SlotLists(1);

  TtlPolicy(long maxWeightBytes, long maxEntries) {
    super(maxWeightBytes, maxEntries);
  }

  @Override
  public String name() {
    return "ttl";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    if (expiresAtNanos == NEVER) {
      eternal.append(0, slot);
    } else {
      byExpiry.add(slot, expiresAtNanos);
    }
  }

  @Override
  void accessed(int slot) {
    if (!byExpiry.contains(slot)) {
      eternal.moveToNewest(0, slot);
    }
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    removed(slot);
    added(slot, 0, expiresAtNanos);
  }

  @Override
  void removed(int slot) {
    if (byExpiry.contains(slot)) {
      byExpiry.remove(slot);
    } else {
      eternal.unlink(0, slot);
    }
  }

  @Override
  int victim(long nowNanos) {
    int newcomer = protectedNewcomer();
    if (!byExpiry.isEmpty() && byExpiry.least() == newcomer) {
      long expiresAtNanos = byExpiry.key(newcomer);
      byExpiry.remove(newcomer);
      int slot = soonest();
      byExpiry.add(newcomer, expiresAtNanos);
      return slot;
    }
    return soonest();
  }

  private int soonest() {
    int slot = byExpiry.isEmpty() ? eternal.oldest(0) : byExpiry.least();
    removed(slot);
    return slot;
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    int[] slots = new int[size()];
    eternal.copy(0, slots, byExpiry.copySorted(slots));
    return slots;
  }
}
