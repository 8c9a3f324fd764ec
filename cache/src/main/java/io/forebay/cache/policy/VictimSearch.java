package io.forebay.cache.policy;

/// Finds an entry of little [Worth]: the least of a few drawn at random and of the 16 least of
/// earlier draws ([CandidatePool]). Where there are up to 24, all are looked at.
///
/// Draws are rows of eight neighbours: cheaper to read than eight places, and as good, as a
/// newcomer takes its victim's slot and neighbours have little in common. After a large shrink
/// slots are sparse, and a draw walks over the empty ones.
final class VictimSearch {

  /// For [#find].
  static final int MOST_SAMPLES = 32;

  private static final int POOL = 16;
  private static final int SAMPLES_IN_A_ROW = 8;
  private static final int ALWAYS_ALL = 24;
  private static final int SEARCHES_BETWEEN_REKEYING = 16;

  private final Residents residents;
  private final Worth worth;
  private final Randomness random;
  private final CandidatePool pool = new CandidatePool(POOL);
  private final int[] outdated = new int[POOL];
  private final int[] drawn = new int[MOST_SAMPLES];
  private final long[] drawnStates = new long[MOST_SAMPLES];

  /// Where the row of the next search begins, if it is to be a single one.
  private int nextRow;

  /// Keeps the reads ahead from being left out by the compiler.
  @SuppressWarnings("UnusedVariable")
  private long readAhead;

  /// Searches until the pool's keys, as of when they were drawn, are looked at again.
  private int untilRekeying;

  VictimSearch(Residents residents, Worth worth, Randomness random) {
    this.residents = residents;
    this.worth = worth;
    this.random = random;
  }

  /// Ranks are new: the pool's keys are outdated.
  void ranksChanged() {
    untilRekeying = 0;
  }

  /// @param size how many entries there are, at least one
  /// @param samples how many to draw, at most [#MOST_SAMPLES]
  /// @return the slot found, no longer a candidate
  int find(int size, int samples) {
    return size <= ALWAYS_ALL ? lowestOfAll() : lowestOfSampleAndPool(samples);
  }

  private int lowestOfAll() {
    int lowest = SlotLists.NONE;
    long lowestKey = Long.MAX_VALUE;
    for (int slot = 0; slot < residents.used(); slot++) {
      if (residents.state(slot) != 0 && worth.key(slot) < lowestKey) {
        lowest = slot;
        lowestKey = worth.key(slot);
      }
    }
    return lowest;
  }

  private int lowestOfSampleAndPool(int samples) {
    if (--untilRekeying <= 0) {
      untilRekeying = SEARCHES_BETWEEN_REKEYING;
      rekeyPool();
    }
    draw(samples);
    for (int i = 0; i < samples; i++) {
      if (!Residents.isCandidate(drawnStates[i])) {
        offer(drawn[i], drawnStates[i]);
      }
    }
    int lowest = takeLowestOfPool();
    if (samples == SAMPLES_IN_A_ROW) {
      drawAhead();
    }
    return lowest;
  }

  /// Chooses the row of the next search and reads from it, without waiting: its memory is there by
  /// then. Of several rows the reads overlap anyway.
  private void drawAhead() {
    int limit = residents.used();
    nextRow = random.nextInt(limit);
    readAhead += residents.state(nextRow);
    int last = nextRow + SAMPLES_IN_A_ROW - 1;
    if (last < limit) {
      readAhead += residents.state(last);
    }
  }

  /// Reads all before anything is decided, so that the processor waits for the rows' memory at once
  /// and not for one after the other.
  private void draw(int samples) {
    int limit = residents.used();
    boolean isSingle = samples == SAMPLES_IN_A_ROW;
    int slot = 0;
    for (int i = 0; i < samples; i++) {
      if ((i & (SAMPLES_IN_A_ROW - 1)) == 0) {
        slot = isSingle ? nextRow : random.nextInt(limit);
      } else {
        slot++;
      }
      long state = slot < limit ? residents.state(slot) : 0;
      while (state == 0) {
        slot = slot < limit ? slot + 1 : 0;
        state = slot < limit ? residents.state(slot) : 0;
      }
      drawn[i] = slot;
      drawnStates[i] = state;
    }
  }

  /// Makes it a candidate if it is worth less than one of the others.
  void offer(int slot) {
    offer(slot, residents.state(slot));
  }

  /// The state may be of a moment ago: of two draws of one slot, the first made it a candidate.
  private void offer(int slot, long state) {
    long key = worth.key(slot, state);
    if (pool.wants(key) && !Residents.isCandidate(residents.state(slot))) {
      residents.markCandidate(slot);
      int dropped = pool.add(slot, key);
      if (dropped >= 0) {
        residents.unmarkCandidate(dropped);
      }
    }
  }

  private void rekeyPool() {
    int count = pool.size();
    for (int i = 0; i < count; i++) {
      outdated[i] = pool.takeLowest();
    }
    for (int i = 0; i < count; i++) {
      int slot = outdated[i];
      residents.unmarkCandidate(slot);
      if (residents.state(slot) != 0) {
        offer(slot);
      }
    }
  }

  /// Keys are as of when they were drawn; whether the lowest was used or removed since is looked at
  /// when it comes up. There is one: the sample just drawn is among them.
  private int takeLowestOfPool() {
    while (true) {
      long noted = pool.lowestKey();
      int slot = pool.takeLowest();
      if (residents.state(slot) == 0) {
        continue;
      }
      long key = worth.key(slot);
      if (key <= noted || pool.size() == 0 || key <= pool.lowestKey()) {
        residents.unmarkCandidate(slot);
        return slot;
      }
      pool.add(slot, key);
    }
  }
}
