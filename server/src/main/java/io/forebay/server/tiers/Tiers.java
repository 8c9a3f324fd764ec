package io.forebay.server.tiers;

import io.forebay.backends.database.DatabaseUrl;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.cache.Cache;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.TierCodec;
import io.forebay.cache.tier.TierGuard;
import io.forebay.cache.tier.TierStatistics;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.WriteMode;
import io.forebay.server.caches.CacheTraits;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.caches.StoredValueCodec;
import io.forebay.server.caches.TierChoice;
import io.forebay.server.caches.Tiering;
import io.forebay.server.health.Readiness;
import io.forebay.server.settings.LogStorage;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.tls.FileWatch;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tiers of this node.
///
/// **Who shares values.** Values are shared by those who share the log of invalidations: with a log
/// of its own, a node keeps what it puts into a server under a name of its own ([NodeId]), so that
/// nobody serves what only it knows to be invalid.
public final class Tiers implements Tiering, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Tiers.class);

  private final Map<TierChoice, OpenTier> open;
  private final Packing packing;
  private final InvalidationLog told;
  private final TierGuard guard;
  private final VersionClock versions;
  private final TimeSource time;
  private final Warming warming;
  private final Map<String, Placed> placed = new ConcurrentHashMap<>();

  /// A cache with what lies behind it.
  private record Placed(TierChoice tier, TieredCache<?> cache) {}

  private Tiers(
      Map<TierChoice, OpenTier> open,
      Packing packing,
      InvalidationLog told,
      VersionClock versions,
      TimeSource time,
      ServerSettings.Refilling warming) {
    this.open = open;
    this.packing = packing;
    this.told = told;
    this.guard = new TierGuard(told);
    this.versions = versions;
    this.time = time;
    this.warming = new Warming(warming, this::warmed);
  }

  /// What the settings ask for could not be had.
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /// Opens what the settings name. Waits a moment for servers, and goes on without them.
  ///
  /// @param log of invalidations, which guards them
  /// @throws Refused if it never will work so
  public static Tiers open(
      ServerSettings settings, InvalidationLog log, VersionClock versions, TimeSource time)
      throws Refused, InterruptedException {
    Packing packing = Packing.of(settings.tiers());
    Map<TierChoice, OpenTier> open = new EnumMap<>(TierChoice.class);
    try {
      for (TierChoice choice : settings.tiers().open()) {
        if (choice != TierChoice.NONE) {
          open.put(
              choice,
              opened(choice, settings).packed(packing, settings.tiers().writing(), versions));
        }
      }
      return new Tiers(open, packing, log, versions, time, settings.tiers().refilling());
    } catch (Refused | InterruptedException | RuntimeException e) {
      open.values().forEach(tier -> tier.tier().close());
      throw e;
    }
  }

  private static OpenTier opened(TierChoice choice, ServerSettings settings)
      throws Refused, InterruptedException {
    boolean shared = settings.invalidationLog() == LogStorage.REDIS;
    var tiers = settings.tiers();
    return switch (choice) {
      case NONE -> throw new IllegalArgumentException("nothing to open");
      case REDIS -> {
        RedisSettings asked = settings.fleet().tierRedis().orElseThrow();
        yield OpenTier.redis(
            shared ? asked : asked.withNamespace(own(asked.namespace(), settings)), shared);
      }
      case MEMCACHED -> {
        var asked = tiers.memcached().orElseThrow();
        yield OpenTier.memcached(
            shared ? asked : asked.withNamespace(own(asked.namespace(), settings)), shared);
      }
      case DATABASE -> {
        var asked = tiers.database();
        boolean isFile = asked.url() instanceof DatabaseUrl.Sqlite;
        yield OpenTier.database(
            shared || isFile ? asked : asked.withNamespace(own(asked.namespace(), settings)),
            shared);
      }
      case FILE -> OpenTier.file(tiers.file().orElseThrow());
    };
  }

  /// A namespace of this node's own.
  private static String own(String namespace, ServerSettings settings) throws Refused {
    try {
      return namespace + "." + NodeId.in(settings.dataDir());
    } catch (IOException e) {
      throw new Refused("data.dir: cannot keep this node's name: " + e.getMessage());
    }
  }

  /// The log, as those see it who invalidate.
  public InvalidationLog log() {
    return guard;
  }

  /// Lets it be noted that keys are about to be removed from tiers.
  public void noteIn(InvalidationHistory history) {
    guard.noteIn(history);
  }

  /// How long values of a cache live outside it.
  public Duration copiesLive(TierChoice choice) {
    OpenTier tier = open.get(choice);
    return tier == null ? Duration.ZERO : TieredCache.copiesLive(tier.tier());
  }

  @Override
  public boolean offers(TierChoice choice) {
    return choice == TierChoice.NONE || open.containsKey(choice);
  }

  @Override
  public Optional<TieredCache<StoredValue>> behind(
      Cache<String, StoredValue> cache, CacheTraits traits) {
    return behind(cache, new StoredValueCodec(), traits.tier(), traits.writeMode());
  }

  @Override
  public boolean offersWritingBehind(TierChoice choice) {
    OpenTier tier = open.get(choice);
    return tier != null && tier.behind().isPresent();
  }

  /// The cache with its tier, if it is to have one.
  public <V> Optional<TieredCache<V>> behind(
      Cache<String, V> cache, TierCodec<V> codec, TierChoice choice, WriteMode mode) {
    OpenTier tier = open.get(choice);
    if (tier == null) {
      return Optional.empty();
    }
    if (mode == WriteMode.WRITE_BEHIND) {
      tier.behind().ifPresent(journaled -> journaled.accept(cache.name()));
    }
    guard.guard(cache.name(), tier.tier());
    var tiered = new TieredCache<>(cache, tier.tier(), codec, told, versions, time, mode);
    placed.put(cache.name(), new Placed(choice, tiered));
    return Optional.of(tiered);
  }

  /// What a tier or a backup has of it is not trusted any more, by a cache of the same name either.
  @Override
  public LogOutcome deleted(String name) {
    placed.remove(name);
    InvalidationOrder order =
        new InvalidationOrder(Optional.of(name), new Scope.Everything(), Invalidation.Mode.HARD);
    LogOutcome told = guard.append(InvalidationBatch.ofOurselves(order, "the cache was deleted"));
    guard.forget(name);
    return told;
  }

  // ---- filling memory again

  private Map<String, Warming.Warmed> warmed() {
    Map<String, Warming.Warmed> caches = new TreeMap<>();
    placed.forEach((name, of) -> {
      OpenTier tier = open.get(of.tier);
      if (tier != null) {
        caches.put(name, new Warming.Warmed(of.cache, tier.tier()));
      }
    });
    return caches;
  }

  /// Fills memory from the tiers in the background; once everything else is in place.
  public void startWarming() {
    warming.start();
  }

  /// Notes what to fill it with next time; before caches are closed.
  public void stopWarming() {
    warming.close();
  }

  /// Values copied into memory so far before anybody asked for them.
  public long valuesWarmed() {
    return warming.warmed();
  }

  // ---- what there is to see of them

  /// Every tier, in the order of their names.
  public List<TierFigures> figures() {
    return open.values().stream().map(this::figures).toList();
  }

  private TierFigures figures(OpenTier of) {
    Map<String, TierStatistics> caches = new TreeMap<>();
    placed.forEach((name, cache) -> {
      if (cache.tier == of.choice()) {
        caches.put(name, cache.cache.statistics());
      }
    });
    return new TierFigures(
        of.choice().text(),
        of.where(),
        of.shared(),
        of.tier().abilities(),
        of.tier().condition(),
        of.calls().figures(),
        caches);
  }

  /// Uses new encryption keys when their file changes.
  public void watch(FileWatch files) {
    packing.watch(files);
  }

  /// Raises an alarm while one of them cannot be reached.
  public void watch(Readiness readiness) {
    if (!open.isEmpty()) {
      readiness.watch(
          "tier", () -> open.values().stream().anyMatch(of -> !of.tier().condition().connected()));
    }
  }

  @Override
  public void close() {
    for (OpenTier of : open.values()) {
      try {
        of.tier().close();
      } catch (RuntimeException e) {
        log.atWarn().setCause(e).addKeyValue("tier", of.choice().text()).log("it did not close");
      }
    }
  }
}
