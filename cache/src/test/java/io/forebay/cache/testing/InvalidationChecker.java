package io.forebay.cache.testing;

import io.forebay.cache.GlobPattern;
import io.forebay.cache.Invalidation.Mode;
import io.forebay.cache.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Threads that load, read, write and invalidate the same few keys, and one truth: **no read that
/// begins after an acknowledgement returns a value from before it**, as fresh.
///
/// The truth is a source whose value for a key only grows. Whoever changes it notes the new value,
/// invalidates, and once that is acknowledged makes the new value the least that a read may return:
///
/// ```
/// change                          read
/// source[k] = 8
/// invalidate … acknowledged
/// least[k] = 8
///                                 least = 8
///                                 reads k: nothing, or 8 or more
/// ```
///
/// What is not acknowledged promises nothing. A client's write is acknowledged in the same way. It
/// changes the source and is stored under a lock of its key, since a client that writes an old
/// value late is at fault itself.
///
/// It knows nothing of what is under test but [Node], so it runs over one cache, over nodes, and
/// over whatever keeps values behind them.
///
/// Whoever invalidates may have to wait for long, for a node that is gone, say. So some threads may
/// be readers only: they go on meanwhile, and ask for several keys at a time.
///
/// [#check] is one run. A script has several runs over one truth, with whatever it does to the
/// nodes in between.
public final class InvalidationChecker {

  private static final int KEYS = 24;
  private static final int KEYS_TOGETHER = 4;
  private static final long ABSENT_NANOS = 500_000;

  /// Something that keeps values: a cache, or a node with all its tiers.
  public interface Node {

    /// A value that is served as fresh.
    OptionalLong read(String key);

    /// Reads keys in turn, each so often.
    default List<Seen> read(List<String> keys, int times) {
      List<Seen> seen = new ArrayList<>(Collections.nCopies(keys.size(), Seen.NOTHING));
      for (int time = 0; time < times; time++) {
        for (int i = 0; i < keys.size(); i++) {
          seen.set(i, seen.get(i).and(read(keys.get(i))));
        }
      }
      return seen;
    }

    /// Begins a load, then asks the source, then stores what it said.
    void load(String key, List<String> tags, LongSupplier source);

    /// Stores a client's value; returns whether that was acknowledged.
    boolean write(String key, List<String> tags, long value);

    /// Returns whether it was acknowledged.
    boolean invalidate(Scope scope, Mode mode);

    /// Whether it is there to be asked; what is asked of others does not count.
    default boolean isThere() {
      return true;
    }

    /// Whatever the node does in the background.
    void upkeep();
  }

  /// What several reads of a key found.
  ///
  /// @param hits how often something was found
  /// @param lowest of what was found; zero if nothing was
  public record Seen(long hits, long lowest) {
    public static final Seen NOTHING = new Seen(0, 0);

    Seen and(OptionalLong found) {
      return found.isEmpty()
          ? this
          : new Seen(hits + 1, hits == 0 ? found.getAsLong() : Math.min(lowest, found.getAsLong()));
    }
  }

  /// @param threads that do everything
  /// @param operations after so many it ends; each key that is read is one
  /// @param readers threads that only read, and load what they miss now and then
  /// @param times a reader has a few keys read in turn so often at a time
  public record Plan(long seed, int threads, long operations, int readers, int times) {

    public Plan(long seed, int threads, long operations) {
      this(seed, threads, operations, 0, 1);
    }

    public Plan withReaders(int newReaders, int newTimes) {
      return new Plan(seed, threads, operations, newReaders, newTimes);
    }
  }

  /// What its threads do; readers always read.
  public enum Mix {
    /// Reads, loads, writes and invalidations.
    EVERYTHING,
    /// Writes and invalidations.
    CHANGES,
    LOADS,
    READS
  }

  /// What was seen.
  ///
  /// @param violation a read that returned a value it must not
  public record Findings(
      long operations, long reads, long hits, long invalidations, Optional<String> violation) {}

  private final List<? extends Node> nodes;
  private final AtomicLong[] source = numbers();
  private final AtomicLong[] least = numbers();
  private final AtomicLong done = new AtomicLong();
  private final LongAdder reads = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder invalidations = new LongAdder();
  private final AtomicReference<@Nullable String> violation = new AtomicReference<>();
  private volatile boolean over;
  private volatile long seed;

  /// For a script; one run at a time.
  public InvalidationChecker(List<? extends Node> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /// Runs to the end of the plan or to the first violation.
  public static Findings check(List<? extends Node> nodes, Plan plan) throws InterruptedException {
    return new InvalidationChecker(nodes).run(Mix.EVERYTHING, plan);
  }

  /// One run of a plan, with its operations left to do.
  private final class Run {
    final Mix mix;
    final Plan plan;
    final List<Node> some;
    final AtomicLong begun = new AtomicLong();

    Run(Mix mix, Plan plan, List<? extends Node> some) {
      this.mix = mix;
      this.plan = plan;
      this.some = List.copyOf(some);
    }

    /// Whether there is something left to do.
    boolean goesOn() {
      return !over && begun.get() < plan.operations;
    }

    /// One of the nodes that are there, with so many operations of the plan; null, after a moment,
    /// if it is not there, and if none is left to do.
    @Nullable Node node(SplittableRandom random, int operations) {
      Node node = some.get(random.nextInt(some.size()));
      if (!node.isThere()) {
        LockSupport.parkNanos(ABSENT_NANOS);
        return null;
      }
      if (begun.getAndAdd(operations) >= plan.operations) {
        begun.addAndGet(-operations); // others have taken the last
        return null;
      }
      return node;
    }
  }

  /// Runs to the end of the plan or to the first violation, which ends all further runs too.
  ///
  /// @return what was seen in all runs so far
  public Findings run(Mix mix, Plan plan) throws InterruptedException {
    return run(mix, plan, nodes);
  }

  /// The same with some of the nodes.
  public Findings run(Mix mix, Plan plan, List<? extends Node> some) throws InterruptedException {
    if (violation.get() != null) {
      return findings();
    }
    over = false;
    seed = plan.seed;
    Run run = new Run(mix, plan, some);
    AtomicReference<@Nullable Throwable> crash = new AtomicReference<>();
    Thread.Builder builder =
        Thread.ofPlatform()
            .daemon()
            .uncaughtExceptionHandler((_, thrown) -> {
              crash.set(thrown);
              over = true;
            });
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < plan.threads; i++) {
      SplittableRandom random = new SplittableRandom(plan.seed * 1_000 + i);
      threads.add(builder.start(() -> work(run, random)));
    }
    for (int i = 0; i < plan.readers; i++) {
      SplittableRandom random = new SplittableRandom(-plan.seed * 1_000 - i);
      threads.add(builder.start(() -> readTogether(run, random)));
    }
    Thread upkeep = builder.start(this::upkeep);
    for (Thread thread : threads) {
      thread.join();
    }
    over = true;
    upkeep.join();
    if (crash.get() != null) {
      throw new IllegalStateException("a thread of the checker ended early", crash.get());
    }
    done.addAndGet(run.begun.get());
    return findings();
  }

  private Findings findings() {
    return new Findings(
        done.get(),
        reads.sum(),
        hits.sum(),
        invalidations.sum(),
        Optional.ofNullable(violation.get()));
  }

  private void work(Run run, SplittableRandom random) {
    while (run.goesOn()) {
      Node node = run.node(random, 1);
      if (node == null) {
        continue;
      }
      int key = random.nextInt(KEYS);
      int choice =
          switch (run.mix) {
            case EVERYTHING -> random.nextInt(100);
            case CHANGES -> random.nextInt(90, 100);
            case LOADS -> 60;
            case READS -> 0;
          };
      if (run.mix == Mix.READS) {
        var _ = read(node, key);
      } else if (choice < 60) {
        if (!read(node, key) && random.nextInt(4) == 0) {
          load(node, key, random);
        }
      } else if (choice < 90) {
        load(node, key, random);
      } else if (choice < 93) {
        write(node, key);
      } else {
        change(node, key, random);
      }
    }
  }

  private void readTogether(Run run, SplittableRandom random) {
    while (run.goesOn()) {
      int times = run.plan.times;
      Node node = run.node(random, KEYS_TOGETHER * times);
      if (node == null) {
        continue;
      }
      int[] keys = random.ints(KEYS_TOGETHER, 0, KEYS).toArray();
      long[] atLeast = IntStream.of(keys).mapToLong(key -> least[key].get()).toArray();
      List<Seen> seen =
          node.read(IntStream.of(keys).mapToObj(InvalidationChecker::key).toList(), times);
      for (int i = 0; i < seen.size(); i++) {
        judge(keys[i], atLeast[i], times, seen.get(i));
        if (seen.get(i).hits < times && run.mix == Mix.EVERYTHING && random.nextInt(4) == 0) {
          load(node, keys[i], random);
        }
      }
    }
  }

  private void upkeep() {
    while (!over) {
      nodes.forEach(Node::upkeep);
      letOthersRun();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // more interleavings; nothing depends on it
  private static void letOthersRun() {
    Thread.yield();
  }

  // ---- what the threads do

  private boolean read(Node node, int key) {
    long atLeast = least[key].get();
    OptionalLong found = node.read(key(key));
    judge(key, atLeast, 1, Seen.NOTHING.and(found));
    return found.isPresent();
  }

  /// What was found must not be older than what had been acknowledged before.
  private void judge(int key, long atLeast, int times, Seen seen) {
    reads.add(times);
    hits.add(seen.hits);
    if (seen.hits > 0 && seen.lowest < atLeast) {
      violation.set(
          "seed %d: read %d of %s after %d had been acknowledged"
              .formatted(seed, seen.lowest, key(key), atLeast));
      over = true;
    }
  }

  private void load(Node node, int key, SplittableRandom random) {
    boolean slow = random.nextInt(3) == 0;
    node.load(
        key(key),
        tags(key),
        () -> {
          long value = source[key].get();
          if (slow) {
            letOthersRun(); // between the source and the store
          }
          return value;
        });
  }

  private void write(Node node, int key) {
    synchronized (source[key]) {
      long value = source[key].incrementAndGet();
      if (node.write(key(key), tags(key), value)) {
        acknowledge(key, value);
      }
    }
  }

  private void change(Node node, int key, SplittableRandom random) {
    Change change = change(key, random.nextInt(12));
    long[] values = new long[KEYS];
    for (int covered : change.covered) {
      synchronized (source[covered]) {
        values[covered] = source[covered].incrementAndGet();
      }
    }
    if (!node.invalidate(change.scope, random.nextInt(3) == 0 ? Mode.SOFT : Mode.HARD)) {
      return;
    }
    invalidations.increment();
    for (int covered : change.covered) {
      acknowledge(covered, values[covered]);
    }
  }

  private void acknowledge(int key, long value) {
    least[key].accumulateAndGet(value, Math::max);
  }

  // ---- the keys, and which of them a scope covers, by other means than the engine's

  private record Change(Scope scope, List<Integer> covered) {}

  private static Change change(int key, int choice) {
    return switch (choice) {
      case 0 -> new Change(new Scope.Everything(), every(1, 0));
      case 1 -> new Change(new Scope.Tags(Set.of("group" + key % 4)), every(4, key));
      case 2 -> new Change(new Scope.Prefixes(Set.of("shop" + key % 3 + ":")), every(3, key));
      case 3 ->
          new Change(new Scope.Patterns(Set.of(glob("*:?[" + key % 6 + "]:*"))), every(6, key));
      case 4 -> new Change(new Scope.Patterns(Set.of(glob("*:item" + key + ";"))), List.of(key));
      case 5 -> new Change(new Scope.Prefixes(Set.of(key(key))), List.of(key));
      case 6, 7, 8 -> new Change(new Scope.Keys(Set.of(key(key))), List.of(key));
      default -> new Change(new Scope.Tags(Set.of("item" + key)), List.of(key));
    };
  }

  /// `shop1:d4:item10;`: the key's number modulo 3, modulo 6, and itself, ended so that none begins
  /// another.
  private static String key(int key) {
    return "shop" + key % 3 + ":d" + key % 6 + ":item" + key + ";";
  }

  private static List<String> tags(int key) {
    return List.of("any", "item" + key, "group" + key % 4);
  }

  private static List<Integer> every(int step, int key) {
    return IntStream.range(0, KEYS).filter(other -> other % step == key % step).boxed().toList();
  }

  private static GlobPattern glob(String text) {
    return GlobPattern.parse(text).orElseThrow();
  }

  private static AtomicLong[] numbers() {
    return IntStream.range(0, KEYS).mapToObj(_ -> new AtomicLong()).toArray(AtomicLong[]::new);
  }
}
