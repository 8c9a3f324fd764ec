package io.forebay.cache.policy;

/// `sieve`: first in, first out, except that what was read since it was last looked at is passed
/// over once and **stays where it is**. A hand walks from the oldest to the newest and starts again
/// at the oldest; newcomers enter behind it, so one-hit wonders are sifted out quickly. Not
/// resistant to scans larger than the cache.
///
/// Constant time on average: each step of the hand but the last clears a mark that an access set.
/// 13 bytes a slot.
///
/// Zhang and others, "SIEVE is simpler than LRU", NSDI 2024.
final class SievePolicy extends WeighedPolicy {

  private final SlotLists order = new SlotLists(1);
  private final ByteColumn visited = new ByteColumn();

  /// Where the hand stands: the next slot to look at, or [SlotLists#NONE] for the oldest.
  private int hand = SlotLists.NONE;

  SievePolicy(long maxWeightBytes, long maxEntries) {
    super(maxWeightBytes, maxEntries);
  }

  @Override
  public String name() {
    return "sieve";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    visited.cover(slot);
    visited.set(slot, 0);
    order.append(0, slot);
  }

  @Override
  void accessed(int slot) {
    visited.set(slot, 1);
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    visited.set(slot, 1);
  }

  @Override
  void removed(int slot) {
    if (hand == slot) {
      hand = order.newerThan(slot);
    }
    order.unlink(0, slot);
  }

  @Override
  int victim(long nowNanos) {
    int newcomer = protectedNewcomer();
    if (newcomer == SlotLists.NONE) {
      return chooseBySieve();
    }
    removed(newcomer);
    int slot = chooseBySieve();
    order.append(0, newcomer);
    return slot;
  }

  private int chooseBySieve() {
    int slot = hand == SlotLists.NONE ? order.oldest(0) : hand;
    while (visited.get(slot) != 0) {
      visited.set(slot, 0);
      int next = order.newerThan(slot);
      slot = next == SlotLists.NONE ? order.oldest(0) : next;
    }
    hand = order.newerThan(slot);
    order.unlink(0, slot);
    return slot;
  }

  /// By position; marks are not weighed.
  @Override
  public int[] evictionOrder(long nowNanos) {
    return order.toArray(0);
  }
}
