package io.forebay.backends.behind;

import static io.forebay.backends.TestingValues.key;
import static io.forebay.backends.TestingValues.value;

import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// The process that [WriteBehindKillTest] kills: changes keys from many threads, each key by one
/// thread, and prints each change once it is acknowledged, until its end.
public final class KilledWriteBehind {

  static final int THREADS = 64;
  static final int KEYS = 50;

  private KilledWriteBehind() {}

  static MemcachedTier server(String url) {
    return MemcachedTier.open(
        MemcachedSettings.of(MemcachedServers.parse(url).orElseThrow(), "killed")
            .withDeadline(Duration.ofSeconds(20)),
        TierObserver.NONE);
  }

  /// Every write is on the disk before it is acknowledged.
  static WriteBehindTier open(MemcachedTier server, Path folder) throws IOException {
    WriteBehindTier tier =
        WriteBehindTier.open(
            server,
            new VersionClock(TimeSource.SYSTEM),
            JournalSeal.NONE,
            new WriteBehindSettings(folder, true, 256 << 20));
    tier.accept("shop");
    return tier;
  }

  static boolean isRemoval(int change) {
    return change % 5 == 4;
  }

  static String name(int thread, int number) {
    return "k" + thread + "-" + number;
  }

  static String content(String name, int change) {
    return name + " " + change + " " + "x".repeat(change * 37 % 300);
  }

  /// @param arguments the journal's folder, the server's URL, and the number of the first change
  public static void main(String[] arguments) throws Exception {
    MemcachedTier server = server(arguments[1]);
    if (server.awaitConnection(Duration.ofSeconds(20)).isPresent()) {
      throw new IllegalStateException("no memcached");
    }
    WriteBehindTier tier = open(server, Path.of(arguments[0]));
    int first = Integer.parseInt(arguments[2]);
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      threads[i] = Thread.ofVirtual().start(() -> change(tier, thread, first));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void change(WriteBehindTier tier, int thread, int first) {
    for (int change = first; change < first + 100_000; change++) {
      for (int i = 0; i < KEYS; i++) {
        String name = name(thread, i);
        if (change(tier, name, change)) {
          System.out.println(name + " " + change);
        }
      }
    }
  }

  private static boolean change(WriteBehindTier tier, String name, int change) {
    if (!isRemoval(change)) {
      return tier.write(key(name), value(content(name, change)), Precondition.NONE, 0)
          instanceof TierWrite.Stored;
    }
    return change % 2 == 0
        ? tier.removeAll(Set.of(key(name))).isEmpty()
        : tier.remove(key(name), Precondition.NONE) instanceof TierRemoval.Removed;
  }
}
