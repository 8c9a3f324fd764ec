package io.forebay.proxy.origin;

import io.forebay.cache.TimeSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// All pools of the proxy, by name. Thread-safe.
public final class OriginPools implements AutoCloseable {

  private final TimeSource time;
  private final ConcurrentMap<String, Pool> pools = new ConcurrentHashMap<>();

  public OriginPools(TimeSource time) {
    this.time = time;
  }

  /// From now on these pools are in use: those that stay keep what they know of their origins.
  public void use(Collection<PoolSettings> wanted) {
    for (PoolSettings settings : wanted) {
      Pool pool = pools.get(settings.name());
      if (pool == null) {
        pools.put(settings.name(), begin(settings));
      } else if (!pool.settings().equals(settings)) {
        pool.apply(settings);
      }
    }
    pools.keySet().retainAll(wanted.stream().map(PoolSettings::name).toList());
  }

  private Pool begin(PoolSettings settings) {
    Pool pool = new Pool(settings, time);
    pool.list(
        settings.sources().stream()
            .filter(OriginSource.Listed.class::isInstance)
            .map(source -> ((OriginSource.Listed) source).listed())
            .toList());
    pool.looked(OriginError.DESTINATION_UNKNOWN);
    return pool;
  }

  /// The pool of this name, made if it was not in use.
  Pool of(PoolSettings settings) {
    Pool pool = pools.get(settings.name());
    return pool != null ? pool : pools.computeIfAbsent(settings.name(), _ -> begin(settings));
  }

  /// A moment's figures, by name.
  public List<PoolFigures> figures() {
    return pools.values().stream()
        .map(pool -> pool.figures(Map.of(), 0))
        .sorted(java.util.Comparator.comparing(PoolFigures::name))
        .toList();
  }

  @Override
  public void close() {
    pools.clear();
  }
}
