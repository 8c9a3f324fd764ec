package io.forebay.cache.policy;

/// `fifo`: evicts what was added first. Reads and updates change nothing.
///
/// Constant time; 12 bytes a slot.
final class FifoPolicy extends WeighedPolicy {

  private final SlotLists order = new SlotLists(1);

  FifoPolicy(long maxWeightBytes, long maxEntries) {
    super(maxWeightBytes, maxEntries);
  }

  @Override
  public String name() {
    return "fifo";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    order.append(0, slot);
  }

  @Override
  void accessed(int slot) {}

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {}

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
