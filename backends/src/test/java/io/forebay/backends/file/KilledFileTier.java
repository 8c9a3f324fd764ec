package io.forebay.backends.file;

import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.value;

import io.forebay.cache.Precondition;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierWrite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// The process that [FileTierKillTest] kills: changes keys from several threads, each key by one
/// thread, and prints each change once it is acknowledged, until its end.
public final class KilledFileTier {

  static final int THREADS = 4;
  static final int KEYS = 50;

  private KilledFileTier() {}

  static FileTierSettings settings(Path folder) {
    return FileTierSettings.of(folder)
        .withBytes(64 << 20, 256 << 10)
        .withDeadline(Duration.ofSeconds(20));
  }

  /// Every third change of a key is a removal.
  static boolean isRemoval(int change) {
    return change % 3 == 2;
  }

  static String name(int thread, int number) {
    return "k" + thread + "-" + number;
  }

  static String content(String name, int change) {
    return name + " " + change + " " + "x".repeat(change * 37 % 900);
  }

  /// @param arguments the tier's folder, and the number of the first change
  public static void main(String[] arguments) throws Exception {
    FileTier tier = FileTier.open(settings(Path.of(arguments[0])), TierObserver.NONE);
    int first = Integer.parseInt(arguments[1]);
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      threads[i] = Thread.ofPlatform().start(() -> change(tier, thread, first));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void change(FileTier tier, int thread, int first) {
    for (int change = first; change < first + 100_000; change++) {
      for (int i = 0; i < KEYS; i++) {
        String name = name(thread, i);
        if (change(tier, name, change)) {
          System.out.println(name + " " + change);
        }
      }
    }
  }

  private static boolean change(FileTier tier, String name, int change) {
    if (!isRemoval(change)) {
      return tier.write(key(name), value(content(name, change)), Precondition.NONE, 0)
          instanceof TierWrite.Stored;
    }
    return change % 2 == 0
        ? tier.removeAll(Set.of(key(name))).isEmpty()
        : tier.remove(key(name), Precondition.NONE) instanceof TierRemoval.Removed;
  }
}
