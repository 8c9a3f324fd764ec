package io.forebay.cache.policy;

/// `lru`: evicts what was read or written longest ago.
///
/// Constant time; 12 bytes a slot.
final class LruPolicy extends WeighedPolicy {

  private final SlotLists order = new SlotLists(1);

  LruPolicy(long maxWeightBytes, long maxEntries) {
    super(maxWeightBytes, maxEntries);
  }

  @Override
  public String name() {
    return "lru";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    order.append(0, slot);
  }

  @Override
  void accessed(int slot) {
    order.moveToNewest(0, slot);
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    order.moveToNewest(0, slot);
  }

  @Override
  void removed(int slot) {
    order.unlink(0, slot);
  }

  @Override
  int victim(long nowNanos) {
    int slot = order.oldest(0);
    order.unlink(0, slot);
    return slot;
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    return order.toArray(0);
  }
}
