package io.forebay.cache.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a policy should do, written to be read: lists and loops, no arrays by slot.
abstract class NaivePolicy {

  static final class Item {
    final int slot;
    final long keyHash;
    int weight;
    long expiresAt;
    int accesses;
    boolean visited;

    Item(int slot, long keyHash, int weight, long expiresAt) {
      this.slot = slot;
      this.keyHash = keyHash;
      this.weight = weight;
      this.expiresAt = expiresAt;
    }
  }

  long maxWeight;
  long maxEntries;

  NaivePolicy(long maxWeight, long maxEntries) {
    this.maxWeight = maxWeight;
    this.maxEntries = maxEntries;
  }

  abstract List<Item> items();

  abstract void add(Item item);

  abstract void accessed(Item item);

  abstract void updated(Item item);

  abstract void remove(Item item);

  /// Removes and returns it; `newcomer` is the item added last.
  abstract Item evict(@Nullable Item newcomer);

  long weight() {
    return items().stream().mapToLong(item -> item.weight).sum();
  }

  boolean isOverCapacity() {
    return weight() > maxWeight || items().size() > maxEntries;
  }

  /// One queue; how accesses and evictions use it differs.
  abstract static class OneQueue extends NaivePolicy {
    final List<Item> queue = new ArrayList<>();

    OneQueue(long maxWeight, long maxEntries) {
      super(maxWeight, maxEntries);
    }

    @Override
    List<Item> items() {
      return queue;
    }

    @Override
    void add(Item item) {
      queue.add(item);
    }

    @Override
    void accessed(Item item) {}

    @Override
    void updated(Item item) {
      accessed(item);
    }

    @Override
    void remove(Item item) {
      queue.remove(item);
    }

    @Override
    Item evict(@Nullable Item newcomer) {
      return queue.removeFirst();
    }
  }

  static final class Fifo extends OneQueue {
    Fifo(long maxWeight, long maxEntries) {
      super(maxWeight, maxEntries);
    }
  }

  static final class Lru extends OneQueue {
    Lru(long maxWeight, long maxEntries) {
      super(maxWeight, maxEntries);
    }

    @Override
    void accessed(Item item) {
      queue.remove(item);
      queue.add(item);
    }
  }

  static final class Sieve extends OneQueue {
    private int hand;

    Sieve(long maxWeight, long maxEntries) {
      super(maxWeight, maxEntries);
    }

    @Override
    void accessed(Item item) {
      item.visited = true;
    }

    @Override
    void remove(Item item) {
      int at = queue.indexOf(item);
      queue.remove(at);
      hand = at < hand ? hand - 1 : hand;
      wrap();
    }

    @Override
    Item evict(@Nullable Item newcomer) {
      boolean apart = queue.size() > 1 && queue.getLast() == newcomer;
      if (apart) {
        queue.removeLast();
      }
      wrap();
      while (queue.get(hand).visited) {
        queue.get(hand).visited = false;
        hand++;
        wrap();
      }
      Item victim = queue.remove(hand);
      wrap();
      if (apart) {
        queue.add(newcomer);
      }
      return victim;
    }

    private void wrap() {
      if (hand >= queue.size()) {
        hand = 0;
      }
    }
  }

  static final class Lfu extends OneQueue {
    private long events;

    Lfu(long maxWeight, long maxEntries) {
      super(maxWeight, maxEntries);
    }

    @Override
    void add(Item item) {
      item.accesses = 1;
      queue.add(item);
      age();
    }

    @Override
    void accessed(Item item) {
      item.accesses = Math.min(255, item.accesses + 1);
      queue.remove(item);
      queue.add(item);
      age();
    }

    /// In the queue, equals stand in the order in which they reached their count; halving puts what
    /// had less before what had more.
    private void age() {
      if (++events < Math.max(100, 10 * queue.size())) {
        return;
      }
      events = 0;
      queue.sort((a, b) -> Integer.compare(a.accesses, b.accesses));
      queue.forEach(item -> item.accesses /= 2);
    }

    @Override
    Item evict(@Nullable Item newcomer) {
      @Nullable Item least = null;
      for (Item item : queue) {
        boolean spared = item == newcomer && queue.size() > 1;
        if (!spared && (least == null || item.accesses < least.accesses)) {
          least = item;
        }
      }
      Item victim = Objects.requireNonNull(least);
      queue.remove(victim);
      return victim;
    }
  }

  static final class S3Fifo extends NaivePolicy {
    private final List<Item> small = new ArrayList<>();
    private final List<Item> main = new ArrayList<>();
    private final List<Long> ghosts = new ArrayList<>();
    private int ghostLimit;

    S3Fifo(long maxEntries) {
      super(Long.MAX_VALUE, maxEntries);
    }

    @Override
    List<Item> items() {
      List<Item> all = new ArrayList<>(small);
      all.addAll(main);
      return all;
    }

    @Override
    void add(Item item) {
      (ghosts.remove(item.keyHash) ? main : small).add(item);
    }

    @Override
    void accessed(Item item) {
      item.accesses = Math.min(3, item.accesses + 1);
    }

    @Override
    void updated(Item item) {
      accessed(item);
    }

    @Override
    void remove(Item item) {
      small.remove(item);
      main.remove(item);
    }

    @Override
    Item evict(@Nullable Item newcomer) {
      ghostLimit = Math.max(1, (int) (0.9 * Math.min(items().size(), maxEntries)));
      trimGhosts();
      boolean apart = newcomer != null && items().size() > 1 && items().contains(newcomer);
      List<Item> home = small.contains(newcomer) ? small : main;
      if (apart) {
        home.remove(newcomer);
      }
      Item victim = evictOldest();
      if (apart) {
        home.add(Objects.requireNonNull(newcomer));
      }
      return victim;
    }

    private void trimGhosts() {
      while (ghosts.size() > ghostLimit) {
        ghosts.removeFirst();
      }
    }

    private Item evictOldest() {
      long smallShare = Math.min(maxEntries - 1, Math.max(2, maxEntries / 10));
      if (!small.isEmpty() && main.size() <= maxEntries - smallShare) {
        while (!small.isEmpty()) {
          Item oldest = small.removeFirst();
          if (oldest.accesses < 2) {
            ghosts.add(oldest.keyHash);
            trimGhosts();
            return oldest;
          }
          oldest.accesses = 0;
          main.add(oldest);
        }
      }
      while (main.getFirst().accesses > 0) {
        Item again = main.removeFirst();
        again.accesses--;
        main.add(again);
      }
      return main.removeFirst();
    }
  }
}
