package io.forebay.cache.policy;

/// Decides which entry leaves when the cache is over its bounds. Knows an entry by its **slot**, a
/// small non-negative integer that the engine gives out (see [SlotPool]) and keeps until the entry
/// leaves; state lies in arrays indexed by slot, so slots should be dense.
///
/// **Use.** The engine calls everything under its drain lock, in this manner:
///
/// ```
/// policy.add(slot, keyHash, weightBytes, expiresAtNanos);
/// while (policy.isOverCapacity()) {
///   drop(entries[policy.evict(nowNanos)]);   // may be the newcomer itself: it was refused admission
/// }
/// ```
///
/// and, for entries that leave otherwise (expired, invalidated, removed), [#remove].
///
/// **Lossy events.** [#recordAccess] may be skipped for any hit and may come late: a slot that
/// holds nothing is ignored, a slot that was reused since counts for its new owner.
///
/// **Time** is nanoseconds from an origin of the engine's choosing, never negative, and never runs
/// backwards; [#NEVER] is the expiry of what does not expire.
///
/// **Not thread-safe.** After the call that adds a slot, no other call allocates; except that some
/// policies keep a history of evicted keys that grows with the number of entries, within the bounds
/// stated on the class.
public interface EvictionPolicy {

  /// The time of expiry of an entry that does not expire.
  long NEVER = Long.MAX_VALUE;

  /// The name under which [EvictionPolicies] knows it.
  String name();

  /// A new entry in a slot that holds nothing. It may put the cache over its bounds; the caller
  /// then evicts.
  ///
  /// @param keyHash identifies the key across evictions; all 64 bits should vary, equal keys give
  ///   equal hashes for the life of the policy
  /// @param weightBytes at least 1
  /// @param expiresAtNanos when it will expire, or [#NEVER]
  /// @throws IllegalArgumentException when the slot is negative or taken, or the weight is below 1
  void add(int slot, long keyHash, int weightBytes, long expiresAtNanos);

  /// The entry in the slot was read. Ignored when the slot holds nothing.
  void recordAccess(int slot);

  /// The entry in the slot got a new value; this counts as an access. It may put the cache over its
  /// bounds. Ignored when the slot holds nothing.
  void update(int slot, int weightBytes, long expiresAtNanos);

  /// The entry left for another reason than eviction. Ignored when the slot holds nothing.
  void remove(int slot);

  /// Whether [#evict] must be called.
  boolean isOverCapacity();

  /// Takes the entry that is worth least out of the policy.
  ///
  /// @return its slot, which the policy no longer knows
  /// @throws java.util.NoSuchElementException when there is no entry
  int evict(long nowNanos);

  /// New bounds, in force at once; the caller then evicts while [#isOverCapacity]. What was learned
  /// is kept.
  ///
  /// @param maxWeightBytes at least 1; `Long.MAX_VALUE` for no bound
  /// @param maxEntries at least 1; `Long.MAX_VALUE` for no bound
  void changeCapacity(long maxWeightBytes, long maxEntries);

  boolean contains(int slot);

  /// Entries it knows.
  int size();

  /// Their weight.
  long weightBytes();

  /// All slots, the next to be evicted first (for policies that draw candidates at random: by what
  /// they are worth now). For handing a cache over to another policy: add them to it in this order.
  /// Costs a pass over all entries, and for some policies a sort.
  int[] evictionOrder(long nowNanos);
}
