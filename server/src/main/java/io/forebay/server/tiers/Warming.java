package io.forebay.server.tiers;

import io.forebay.cache.Cache;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TieredCache;
import io.forebay.server.settings.ServerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills memory again after a restart: notes the most valuable keys of every cache with a tier, now
/// and then and at the end, and reads them from the tier in that order when the next process has
/// begun, in the background.
///
/// **It harms nobody**: one read after the other and so many a second; none while the tier is away
/// or its breaker is not closed; none once memory is nearly full, so that nothing is pushed out
/// that somebody has asked for.
final class Warming implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Warming.class);

  private static final Duration BETWEEN_NOTES = Duration.ofMinutes(1);
  private static final double NEARLY_FULL = 0.9;

  /// A cache that is warmed.
  record Warmed(TieredCache<?> cache, Tier tier) {}

  private final ServerSettings.Refilling settings;
  private final Supplier<Map<String, Warmed>> caches;
  private final LongAdder warmed = new LongAdder();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closing;
  private volatile boolean running;

  Warming(ServerSettings.Refilling settings, Supplier<Map<String, Warmed>> caches) {
    this.settings = settings;
    this.caches = caches;
  }

  /// Begins; returns at once.
  void start() {
    if (settings.keys() > 0 && !caches.get().isEmpty()) {
      running = true;
      Thread.ofVirtual().name("forebay-warming").start(this::run);
    }
  }

  /// Values copied into memory so far.
  long warmed() {
    return warmed.sum();
  }

  private void run() {
    long began = System.nanoTime();
    new TreeMap<>(caches.get()).forEach(this::warm);
    log.atInfo()
        .addKeyValue("values", warmed.sum())
        .addKeyValue("took_ms", Duration.ofNanos(System.nanoTime() - began).toMillis())
        .log("memory has been filled from tiers");
    while (rest(BETWEEN_NOTES)) {
      note();
    }
  }

  private Path file(String cache) {
    return settings.folder().resolve(cache + ".keys");
  }

  private void warm(String name, Warmed of) {
    List<String> keys;
    try {
      keys = KeyList.read(file(name), settings.keys());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", file(name))
          .addKeyValue("reason", e.getMessage())
          .log("memory is not filled from the tier: the list of keys cannot be read");
      return;
    }
    Duration pause = Duration.ofNanos(1_000_000_000L / settings.perSecond());
    for (String key : keys) {
      while (!mayAsk(of.tier.condition())) {
        if (!rest(Duration.ofSeconds(1))) {
          return;
        }
      }
      if (isNearlyFull(of.cache.memory()) || !rest(pause)) {
        return;
      }
      if (of.cache.warm(key)) {
        warmed.increment();
      }
    }
  }

  private static boolean mayAsk(TierCondition condition) {
    return condition.connected() && condition.breaker() == TierCondition.Breaker.CLOSED;
  }

  private static boolean isNearlyFull(Cache<?, ?> cache) {
    var figures = cache.statistics();
    return figures.weightBytes() > NEARLY_FULL * cache.bounds().maxBytes()
        || figures.entries() > NEARLY_FULL * cache.bounds().maxEntries();
  }

  /// Notes which keys are most valuable now.
  private void note() {
    caches
        .get()
        .forEach((name, of) -> {
          try {
            KeyList.write(file(name), of.cache.memory().mostValuable(settings.keys()));
          } catch (IOException e) {
            log.atWarn()
                .addKeyValue("file", file(name))
                .addKeyValue("reason", e.getMessage())
                .log("the most valuable keys could not be noted");
          }
        });
  }

  /// @return false when it is over
  private boolean rest(Duration span) {
    long left = span.toNanos();
    lock.lock();
    try {
      while (!closing && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Notes for the last time; before caches are closed.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (running) {
      note();
    }
  }
}
