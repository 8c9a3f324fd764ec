package io.forebay.proxy.origin;

import io.forebay.cache.TimeSource;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All pools of the proxy, by name, and what goes on for them in the background: their origins are
/// looked for ([Discovery]) and checked ([HealthChecks]). Thread-safe.
public final class OriginPools implements AutoCloseable {

  private final Vertx vertx;
  private final OriginClient client;
  private final List<InetSocketAddress> nameServers;
  private final TimeSource time;
  private final ConcurrentMap<String, Running> running = new ConcurrentHashMap<>();

  /// @param client for checks
  /// @param nameServers to look names up; empty for the system's
  public OriginPools(
      Vertx vertx, OriginClient client, List<InetSocketAddress> nameServers, TimeSource time) {
    this.vertx = vertx;
    this.client = client;
    this.nameServers = List.copyOf(nameServers);
    this.time = time;
  }

  /// A pool in use.
  private final class Running {
    final Pool pool;
    final Discovery discovery;

    // Guarded by the outer object.
    @Nullable HealthChecks checks;

    Running(PoolSettings settings) {
      pool = new Pool(settings, time);
      discovery = new Discovery(pool, vertx, nameServers);
    }

    void update() {
      discovery.update();
      CheckSettings wanted = pool.settings().check().orElse(null);
      if (checks != null && !checks.settings().equals(wanted)) {
        checks.close();
        checks = null;
      }
      if (checks == null && wanted != null) {
        checks = new HealthChecks(pool, wanted, client);
        checks.start();
      }
    }

    void end() {
      discovery.close();
      if (checks != null) {
        checks.close();
      }
    }
  }

  /// From now on exactly these pools are in use. Those that stay keep what they know of their
  /// origins, also when their settings change.
  public synchronized void use(Collection<PoolSettings> wanted) {
    Set<String> names = wanted.stream().map(PoolSettings::name).collect(Collectors.toSet());
    running.forEach((name, old) -> {
      if (!names.contains(name)) {
        old.end();
        running.remove(name);
      }
    });
    for (PoolSettings settings : wanted) {
      Running present = running.get(settings.name());
      if (present == null) {
        begin(settings);
      } else if (!present.pool.settings().equals(settings)) {
        present.pool.apply(settings);
        present.update();
      }
    }
  }

  private Running begin(PoolSettings settings) {
    Running begun = new Running(settings);
    running.put(settings.name(), begun);
    begun.update();
    return begun;
  }

  /// The pool of this name, begun if it is not in use.
  Pool of(PoolSettings settings) {
    Running present = running.get(settings.name());
    return present != null ? present.pool : beginIfMissing(settings).pool;
  }

  private synchronized Running beginIfMissing(PoolSettings settings) {
    Running present = running.get(settings.name());
    return present != null ? present : begin(settings);
  }

  /// A moment's figures, by name.
  public List<PoolFigures> figures() {
    return running.values().stream()
        .map(one -> one.pool.figures(one.discovery.problems(), one.discovery.failures()))
        .sorted(Comparator.comparing(PoolFigures::name))
        .toList();
  }

  @Override
  public synchronized void close() {
    running.values().forEach(Running::end);
    running.clear();
  }
}
