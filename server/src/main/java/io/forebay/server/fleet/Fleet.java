package io.forebay.server.fleet;

import io.forebay.backends.redis.FleetSettings;
import io.forebay.backends.redis.RedisSettings;
import io.forebay.backends.redis.RedisStreamsLog;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.Isolation;
import io.forebay.cache.Receipts;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.server.health.Readiness;
import io.forebay.server.metrics.Metric;
import io.forebay.server.metrics.Metrics;
import io.forebay.server.settings.LogStorage;
import io.forebay.server.settings.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log that this node shares with others; nothing, for a node that stands alone.
public final class Fleet implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Fleet.class);

  /// Waiting does not help against these.
  private static final Pattern WRONG =
      Pattern.compile("WRONGPASS.*|NOAUTH.*|NOPERM.*|it is Redis .*|its maxmemory-policy .*");

  private static final int QUEUED_BATCHES = FleetSettings.DEFAULT_MAX_QUEUED;

  private final Optional<RedisStreamsLog> shared;
  private final Isolation isolation;
  private final VersionClock versions;
  private final String nodeName;

  private Fleet(Optional<RedisStreamsLog> shared, ServerSettings.Fleet settings, TimeSource time) {
    this.shared = shared;
    this.versions = new VersionClock(time);
    this.nodeName = shared.isPresent() ? nodeName(settings) : "local";
    this.isolation =
        shared
            .map(on -> new Isolation(on.lease(), settings.onIsolation(), settings.isolationGrace()))
            .orElse(Isolation.NONE);
  }

  /// What the settings ask for could not be had.
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /// Takes part in what the settings name. Waits a moment for Redis, and goes on without it.
  ///
  /// @throws Refused if it never will work so
  public static Fleet open(ServerSettings settings, TimeSource time)
      throws Refused, InterruptedException {
    ServerSettings.Fleet asked = settings.fleet();
    Optional<RedisStreamsLog> shared = Optional.empty();
    try {
      if (settings.invalidationLog() == LogStorage.REDIS) {
        shared = Optional.of(openLog(settings, time));
      }
      Fleet fleet = new Fleet(shared, asked, time);
      fleet.lookAtRedis(asked);
      return fleet;
    } catch (Refused | InterruptedException | RuntimeException e) {
      shared.ifPresent(RedisStreamsLog::close);
      throw e;
    }
  }

  private static RedisStreamsLog openLog(ServerSettings settings, TimeSource time) throws Refused {
    try {
      return RedisStreamsLog.open(
          settings.fleet().logRedis().orElseThrow(),
          new FleetSettings(
              nodeName(settings.fleet()),
              settings.fleet().lease(),
              FleetSettings.DEFAULT_KEPT_RECORDS,
              FleetSettings.DEFAULT_KEPT_FOR,
              QUEUED_BATCHES,
              Optional.of(settings.dataDir().resolve("invalidations-queued"))),
          time);
    } catch (IOException e) {
      throw new Refused(
          "data.dir: cannot keep invalidations for the shared log: " + e.getMessage());
    }
  }

  private static String nodeName(ServerSettings.Fleet settings) {
    return settings.nodeName().orElseGet(Fleet::hostName);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "node";
    }
  }

  private void lookAtRedis(ServerSettings.Fleet asked) throws Refused, InterruptedException {
    if (shared.isPresent()) {
      RedisSettings redis = asked.logRedis().orElseThrow();
      if (!shared.get().awaitTrust(redis.connectTimeout().multipliedBy(2))) {
        complain(logSetting(asked), redis, shared.get().trouble());
      }
    }
  }

  private static String logSetting(ServerSettings.Fleet asked) {
    return asked.logRedis().equals(asked.tierRedis())
        ? "redis.url (the shared log)"
        : "invalidation.redis_url (the shared log)";
  }

  private static void complain(String setting, RedisSettings redis, String trouble) throws Refused {
    String sentence = setting + ": cannot use " + redis.server() + ": " + trouble;
    if (WRONG.matcher(trouble).matches()) {
      throw new Refused(sentence);
    }
    log.atWarn().log(sentence + "; going on without it until it answers");
  }

  // ---- for the assembly

  /// The shared log; empty for a node that stands alone.
  public Optional<InvalidationLog> log() {
    return shared.map(ours -> ours);
  }

  /// Where all caches of this node get their versions.
  public VersionClock versions() {
    return versions;
  }

  /// This node's name in receipts.
  public String nodeName() {
    return nodeName;
  }

  /// What to do with entries while invalidations may have been missed.
  public Isolation isolation() {
    return isolation;
  }

  /// Lets receipts hear of other nodes.
  public void tell(Receipts receipts) {
    shared.ifPresent(on -> on.onProgress(receipts::heard));
  }

  /// Shows what there is to see of it.
  public void declare(Metrics metrics, Readiness readiness) {
    metrics.gauge(
        Metric.NODE_SUSPECT, () -> shared.filter(RedisStreamsLog::isSuspect).isPresent() ? 1 : 0);
    metrics.gauge(
        Metric.INVALIDATION_LAG,
        () -> shared.flatMap(RedisStreamsLog::lag).map(span -> span.toNanos() / 1e9).orElse(0.0));
    metrics.gauge(
        Metric.FLEET_NODES,
        () ->
            1
                + shared
                    .map(on -> on.peers().stream().filter(peer -> !peer.isGone()).count())
                    .orElse(0L));
    metrics.gauge(Metric.INVALIDATIONS_QUEUED, () -> figure(RedisStreamsLog.Figures::queued));
    metrics.counter(Metric.INVALIDATION_EPOCHS, () -> figure(RedisStreamsLog.Figures::epochs));
    metrics.counter(Metric.INVALIDATION_GAPS, () -> figure(RedisStreamsLog.Figures::gaps));
    metrics.counter(
        Metric.INVALIDATION_LOG_CONNECTIONS, () -> figure(RedisStreamsLog.Figures::reconnects));
    shared.ifPresent(on -> readiness.watch("invalidation_log", on::isSuspect));
  }

  private Number figure(ToLongFunction<RedisStreamsLog.Figures> of) {
    return shared.map(on -> of.applyAsLong(on.figures())).orElse(0L);
  }

  @Override
  public void close() {
    shared.ifPresent(RedisStreamsLog::close);
  }
}
