package io.forebay.backends;

import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.value;

import io.forebay.cache.Precondition;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;

/// What a process that is killed does to a tier until its end: changes keys from several threads,
/// each key by one thread, and prints each change once it is acknowledged.
///
/// @param threads how many
/// @param keys of each thread
/// @param cycle changes of a key of which the last is a removal
/// @param spread of the lengths of contents
public record KilledChanges(int threads, int keys, int cycle, int spread) {

  private boolean isRemoval(int change) {
    return change % cycle == cycle - 1;
  }

  private static String name(int thread, int number) {
    return "k" + thread + "-" + number;
  }

  /// All keys.
  public List<String> names() {
    return IntStream.range(0, threads * keys)
        .mapToObj(i -> name(i % threads, i / threads))
        .toList();
  }

  private String content(String name, int change) {
    return name + " " + change + " " + "x".repeat(change * 37 % spread);
  }

  /// What a key holds after a change.
  public String state(String name, int change) {
    return isRemoval(change) ? "nothing" : content(name, change);
  }

  /// The first change of a cycle that none of these belongs to.
  public int next(int first, Map<String, Integer> acknowledged) {
    int last = acknowledged.values().stream().mapToInt(i -> i).max().orElse(first);
    return cycle + last / cycle * cycle;
  }

  // ---- in the process that is killed

  /// Makes changes, from this one on.
  public void make(Tier tier, int first, ThreadFactory factory) throws InterruptedException {
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      Thread thread = factory.newThread(() -> make(tier, number, first));
      thread.start();
      started.add(thread);
    }
    for (Thread thread : started) {
      thread.join();
    }
  }

  private void make(Tier tier, int thread, int first) {
    for (int change = first; change < first + 100_000; change++) {
      for (int i = 0; i < keys; i++) {
        String name = name(thread, i);
        if (make(tier, name, change)) {
          System.out.println(name + " " + change);
        }
      }
    }
  }

  private boolean make(Tier tier, String name, int change) {
    if (!isRemoval(change)) {
      return tier.write(key(name), value(content(name, change)), Precondition.NONE, 0)
          instanceof TierWrite.Stored;
    }
    return change % 2 == 0
        ? tier.removeAll(Set.of(key(name))).isEmpty()
        : tier.remove(key(name), Precondition.NONE) instanceof TierRemoval.Removed;
  }

  // ---- in the test

  /// Runs the process, and kills it when it has printed so many changes.
  ///
  /// @param main what it runs
  /// @param heap its most memory, as for `-Xmx`
  /// @return the last change of each key that was acknowledged
  public static Map<String, Integer> runAndKill(
      Class<?> main, String heap, int lines, String... arguments) throws IOException {
    Map<String, Integer> acknowledged = new HashMap<>();
    for (String line : KilledProcess.linesOf(main, heap, lines, arguments)) {
      String[] words = line.split(" ", -1);
      acknowledged.put(words[0], Integer.parseInt(words[1]));
    }
    return acknowledged;
  }
}
