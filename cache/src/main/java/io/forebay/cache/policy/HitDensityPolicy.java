package io.forebay.cache.policy;

import java.util.stream.IntStream;

/// `auto`
final class HitDensityPolicy extends WeighedPolicy {

  private static final int SAMPLES = Tune.i("samples", 16);
  private static final int POOL = Tune.i("pool", 16);
  private static final int EXPOSURES = Tune.i("es", 4);
  private static final double GHOSTS = Tune.d("ghosts", 4);
  private static final int GHOST_FLOOR = Tune.i("gfloor", 32768);
  private static final int RMIN = Tune.i("rmin", 200);
  private static final double DPER = Tune.d("dper", 10);
  private static final int DIST0 = Tune.i("dist0", 6);
  private static final int DISTW = Tune.i("distw", 4);

  private final Randomness random;
  private final boolean perByte;
  private HitDensityTable table;
  private GhostTable ghosts = new GhostTable(1);
  private int[] fingerprints = new int[16];
  private int[] lastAccesses = new int[16];
  private byte[] classes = new byte[16];
  private long scaleEntries;
  private int now;
  private int untilRecompute = 100;
  private long sinceStart;
  private long untilDecay;
  private int newcomer;
  private int limit;
  private final int[] pool = new int[POOL];
  private final float[] poolRanks = new float[POOL];
  private int pooled;

  HitDensityPolicy(long maxWeightBytes, long maxEntries, long seed) {
    super(maxWeightBytes, maxEntries);
    this.random = new Randomness(seed);
    this.perByte = maxWeightBytes != Long.MAX_VALUE;
    scaleEntries = maxEntries == Long.MAX_VALUE ? 1 : maxEntries;
    table = new HitDensityTable(scaleEntries);
    untilDecay = decayPeriod();
  }

  private long decayPeriod() {
    return Math.max(1000, (long) (DPER * scaleEntries));
  }

  @Override
  public String name() {
    return "auto";
  }

  private void tick() {
    now++;
    sinceStart++;
    int places = ghosts.places();
    int all = limit + places;
    for (int i = 0; i < EXPOSURES; i++) {
      int r = random.nextInt(all);
      if (r < limit) {
        if (contains(r)) {
          table.addExposure(classes[r], now - lastAccesses[r], (float) all / EXPOSURES);
        }
      } else {
        r -= limit;
        if (ghosts.isTaken(r)) {
          table.addExposure(
              ghosts.keyClass(r), now - ghosts.lastAccess(r), (float) all / EXPOSURES);
        }
      }
    }
    if (--untilRecompute <= 0) {
      long period = Math.clamp(scaleEntries / 2, RMIN, 20000);
      untilRecompute = (int) Math.min(period, Math.max(100, sinceStart / 8));
      table.recompute();
    }
    if (--untilDecay <= 0) {
      untilDecay = decayPeriod();
      table.decay();
    }
  }

  private int distance(int age) {
    return 1 + Math.clamp((table.column(age) - DIST0) / DISTW, 0, HitDensityTable.DISTANCES - 2);
  }

  private int raised(int keyClass, int age) {
    int level = keyClass / HitDensityTable.DISTANCES;
    if (level < HitDensityTable.LEVELS - 1
        && (level < 2 || (random.nextInt() & ((1 << (level - 1)) - 1)) == 0)) {
      level++;
    }
    return level * HitDensityTable.DISTANCES + distance(age);
  }

  @Override
  void added(int slot, long keyHash, long expiresAtNanos) {
    limit = Math.max(limit, slot + 1);
    fingerprints = SlotArrays.cover(fingerprints, slot);
    lastAccesses = SlotArrays.cover(lastAccesses, slot);
    classes = SlotArrays.cover(classes, slot);
    int fingerprint = GhostTable.fingerprint(keyHash);
    classes[slot] = 0;
    lastAccesses[slot] = now;
    tick();
    fingerprints[slot] = fingerprint;
    int ghost = ghosts.find(fingerprint);
    if (ghost >= 0) {
      int age = now - ghosts.lastAccess(ghost);
      int keyClass = ghosts.keyClass(ghost);
      table.addHit(keyClass, age);
      classes[slot] = (byte) raised(keyClass, age);
      ghosts.remove(ghost);
    } else {
      classes[slot] = 0;
    }
    lastAccesses[slot] = now;
    newcomer = slot;
  }

  @Override
  void accessed(int slot) {
    tick();
    int age = now - lastAccesses[slot];
    table.addHit(classes[slot], age);
    classes[slot] = (byte) raised(classes[slot], age);
    lastAccesses[slot] = now;
  }

  @Override
  void updated(int slot, int oldWeight, long expiresAtNanos) {
    accessed(slot);
  }

  @Override
  void removed(int slot) {}

  private float rank(int slot) {
    float rank = table.rank(classes[slot], now - lastAccesses[slot]);
    return perByte ? rank / weight(slot) : rank;
  }

  private int best;
  private float bestRank;

  private void consider(int slot, float rank) {
    if (rank < bestRank || (rank == bestRank && lastAccesses[slot] - lastAccesses[best] < 0)) {
      best = slot;
      bestRank = rank;
    }
  }

  @Override
  int victim(long nowNanos) {
    fitGhosts();
    best = -1;
    bestRank = Float.MAX_VALUE;
    if (contains(newcomer)) {
      best = newcomer;
      bestRank = rank(newcomer);
    }
    if (size() <= SAMPLES + 8) {
      for (int s = 0; s < limit; s++) {
        if (contains(s)) {
          consider(s, rank(s));
        }
      }
    } else {
      sample();
    }
    int slot = best;
    ghosts.add(fingerprints[slot], lastAccesses[slot], classes[slot], now);
    return slot;
  }

  private void sample() {
    int kept = 0;
    float worst = -1;
    int worstAt = 0;
    for (int i = 0; i < pooled; i++) {
      int slot = pool[i];
      if (contains(slot)) {
        float rank = rank(slot);
        pool[kept] = slot;
        poolRanks[kept] = rank;
        if (rank > worst) {
          worst = rank;
          worstAt = kept;
        }
        kept++;
        consider(slot, rank);
      }
    }
    pooled = kept;
    for (int i = 0; i < SAMPLES; i++) {
      int slot = random.nextInt(limit);
      while (!contains(slot)) {
        slot = slot + 1 == limit ? 0 : slot + 1;
      }
      float rank = rank(slot);
      consider(slot, rank);
      if (pooled < POOL || rank < worst) {
        boolean dup = false;
        for (int j = 0; j < pooled; j++) {
          dup |= pool[j] == slot;
        }
        if (dup) {
          continue;
        }
        if (pooled < POOL) {
          pool[pooled] = slot;
          poolRanks[pooled] = rank;
          if (rank > worst) {
            worst = rank;
            worstAt = pooled;
          }
          pooled++;
        } else {
          pool[worstAt] = slot;
          poolRanks[worstAt] = rank;
          worst = -1;
          for (int j = 0; j < POOL; j++) {
            if (poolRanks[j] > worst) {
              worst = poolRanks[j];
              worstAt = j;
            }
          }
        }
      }
    }
  }

  private void fitGhosts() {
    long c = size();
    if (maxEntries() == Long.MAX_VALUE) {
      if (c > scaleEntries * 5 / 4 || c < scaleEntries * 3 / 5) {
        scaleEntries = c;
        table.rescale(c);
      } else if (ghosts.places() > 8) {
        return;
      }
    } else if (ghosts.places() > 8) {
      return;
    }
    int wanted = (int) Math.max(GHOSTS * (double) scaleEntries, Math.min(20 * scaleEntries, GHOST_FLOOR));
    ghosts.resize(wanted, now);
  }

  @Override
  public int[] evictionOrder(long nowNanos) {
    return IntStream.range(0, limit)
        .filter(this::contains)
        .boxed()
        .sorted((a, b) -> Float.compare(rank(a), rank(b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
