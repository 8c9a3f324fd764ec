package io.forebay.cache.policy;

/// `s3-fifo`: three first-in-first-out queues. Newcomers enter *small* (a tenth of the capacity, at
/// least two entries); those read at least twice there move on to *main*, their count cleared, the
/// others leave and are remembered as ghosts; a newcomer that is a ghost goes to main at once. Main
/// gives each entry another round for each access, at most three.
///
/// Constant time on average. 22 bytes a slot, and 16 to 24 for each ghost; there are nine tenths as
/// many ghosts as entries.
///
/// Yang and others, "FIFO queues are all you need for cache eviction", SOSP 2023.
final class S3FifoPolicy extends WeighedPolicy {

  private static final int SMALL = 0;
  private static final int MAIN = 1;
  private static final double SMALL_SHARE = 0.1;
  private static final double GHOST_SHARE = 0.9;
  private static final int ACCESSES_TO_STAY = 2;
  private static final int MAX_ACCESSES = 3;

  private final Segments segments = new Segments(2);
  private final GhostQueue ghosts = new GhostQueue(1);
  private final LongColumn keyHashes = new LongColumn();
  private final ByteColumn accesses = new ByteColumn();

  S3FifoPolicy(long maxWeightBytes, long maxEntries) {
    super(maxWeightBytes, maxEntries);
  }

  @Override
  public String name() {
    return "s3-fifo";
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    keyHashes.cover(slot);
    accesses.cover(slot);
    keyHashes.set(slot, keyHash);
    accesses.set(slot, 0);
    segments.append(ghosts.remove(keyHash) ? MAIN : SMALL, slot, weight(slot));
  }

  @Override
  void accessed(int slot) {
    if (accesses.get(slot) < MAX_ACCESSES) {
      accesses.set(slot, accesses.get(slot) + 1);
    }
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    segments.reweigh(slot, oldWeight, weight(slot));
    accessed(slot);
  }

  @Override
  void removed(int slot) {
    segments.unlink(slot, weight(slot));
  }

  @Override
  int victim(long nowNanos) {
    fitGhosts();
    int newcomer = protectedNewcomer();
    if (newcomer == SlotLists.NONE) {
      return oldestUnread();
    }
    int segment = segments.of(newcomer);
    segments.unlink(newcomer, weight(newcomer));
    int slot = oldestUnread();
    segments.append(segment, newcomer, weight(newcomer));
    return slot;
  }

  private int oldestUnread() {
    if (segments.isEmpty(SMALL) || isOver(MAIN)) {
      return victimOfMain();
    }
    while (!segments.isEmpty(SMALL)) {
      int slot = segments.oldest(SMALL);
      if (accesses.get(slot) < ACCESSES_TO_STAY) {
        segments.unlink(slot, weight(slot));
        ghosts.add(keyHashes.get(slot));
        return slot;
      }
      segments.move(slot, weight(slot), MAIN);
      accesses.set(slot, 0);
    }
    return victimOfMain();
  }

  private int victimOfMain() {
    if (segments.isEmpty(MAIN)) {
      int slot = segments.oldest(SMALL);
      segments.unlink(slot, weight(slot));
      return slot;
    }
    int slot = segments.oldest(MAIN);
    while (accesses.get(slot) > 0) {
      accesses.set(slot, accesses.get(slot) - 1);
      segments.move(slot, weight(slot), MAIN);
      slot = segments.oldest(MAIN);
    }
    segments.unlink(slot, weight(slot));
    return slot;
  }

  private boolean isOver(int segment) {
    return segments.size(segment) > entryShare(segment)
        || segments.weight(segment) > weightShare(segment);
  }

  private long entryShare(int segment) {
    return share(segment, maxEntries());
  }

  private long weightShare(int segment) {
    return share(segment, maxWeight());
  }

  private static long share(int segment, long bound) {
    if (bound == Long.MAX_VALUE) {
      return bound;
    }
    long small = Math.min(bound - 1, Math.max(2, (long) (SMALL_SHARE * bound)));
    return segment == SMALL ? small : bound - small;
  }

  /// Nine tenths of the entries held when the bound on entries is met; below it, give or take a
  /// quarter, so that bounds in bytes do not rebuild the queue at every turn.
  private void fitGhosts() {
    int wanted = (int) Math.max(1, GHOST_SHARE * Math.min(size(), maxEntries()));
    if (size() >= maxEntries() && wanted != ghosts.limit()) {
      ghosts.resize(wanted);
    } else if (wanted > ghosts.limit() || wanted < ghosts.limit() * 3L / 5) {
      ghosts.resize(wanted + wanted / 4);
    }
  }

  int ghostLimit() {
    return ghosts.limit();
  }

  int ghostCount() {
    return ghosts.size();
  }

  /// Small before main, oldest first; counts of accesses are not weighed.
  @Override
  public int[] evictionOrder(long nowNanos) {
    int[] slots = new int[size()];
    segments.copy(MAIN, slots, segments.copy(SMALL, slots, 0));
    return slots;
  }
}
