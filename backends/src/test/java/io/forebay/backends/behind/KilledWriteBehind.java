package io.forebay.backends.behind;

import io.forebay.backends.KilledChanges;
import io.forebay.backends.memcached.MemcachedServers;
import io.forebay.backends.memcached.MemcachedSettings;
import io.forebay.backends.memcached.MemcachedTier;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.TierObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// The process that [WriteBehindKillTest] kills.
public final class KilledWriteBehind {

  static final KilledChanges CHANGES = new KilledChanges(64, 50, 5, 300);

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

  /// @param arguments the journal's folder, the server's URL, and the number of the first change
  public static void main(String[] arguments) throws Exception {
    MemcachedTier server = server(arguments[1]);
    if (server.awaitConnection(Duration.ofSeconds(20)).isPresent()) {
      throw new IllegalStateException("no memcached");
    }
    WriteBehindTier tier = open(server, Path.of(arguments[0]));
    CHANGES.make(tier, Integer.parseInt(arguments[2]), Thread.ofVirtual().factory());
  }
}
