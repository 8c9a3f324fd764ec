package io.forebay.proxy.origin;

import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keeps a pool's list of origins true to its sources: one [Search] for each source that is no
/// address, also for the names that a file lists.
final class Discovery implements AutoCloseable {

  private final Pool pool;
  private final Vertx vertx;
  private final List<InetSocketAddress> nameServers;

  // Guarded by this.
  private final Map<OriginSource, Search> searches = new LinkedHashMap<>();
  private long failuresOfEarlier;
  private PoolSettings.Finding finding;
  private boolean isClosed;

  Discovery(Pool pool, Vertx vertx, List<InetSocketAddress> nameServers) {
    this.pool = pool;
    this.vertx = vertx;
    this.nameServers = List.copyOf(nameServers);
    this.finding = pool.settings().finding();
  }

  /// Makes the list anew from what the sources say now; begins searches and ends those that no
  /// source asks for any more.
  synchronized void update() {
    if (isClosed) {
      return;
    }
    PoolSettings settings = pool.settings();
    if (!settings.finding().equals(finding)) {
      finding = settings.finding();
      end(searches.keySet());
    }
    Set<OriginSource> wanted = new LinkedHashSet<>();
    List<ListedOrigin> origins = new ArrayList<>();
    boolean isComplete = true;
    for (OriginSource source : settings.sources()) {
      isComplete &= collect(source, wanted, origins);
    }
    Set<OriginSource> gone = new LinkedHashSet<>(searches.keySet());
    gone.removeAll(wanted);
    end(gone);
    if (!origins.isEmpty()) {
      pool.list(origins);
    }
    if (isComplete) {
      pool.looked(whyUnknown());
    }
  }

  /// @return whether all of the source has been looked at
  private boolean collect(
      OriginSource source, Set<OriginSource> wanted, List<ListedOrigin> origins) {
    if (source instanceof OriginSource.Listed(var listed)) {
      origins.add(listed);
      return true;
    }
    wanted.add(source);
    Search search = searches.get(source);
    if (search == null) {
      begin(source);
      return false;
    }
    List<OriginSource> found = search.found();
    boolean isComplete = search.hasLooked();
    if (found != null) {
      for (OriginSource one : found) {
        isComplete &= collect(one, wanted, origins);
      }
    }
    return isComplete;
  }

  private void begin(OriginSource source) {
    Optional<Finder> finder = Finder.of(source, finding, vertx, nameServers);
    if (finder.isPresent()) {
      Search search = new Search(pool.settings().name(), source, finder.get(), this::update);
      searches.put(source, search);
      search.start();
    }
  }

  private void end(Set<OriginSource> sources) {
    for (OriginSource source : List.copyOf(sources)) {
      Search search = searches.remove(source);
      if (search != null) {
        failuresOfEarlier += search.failures();
        search.close();
      }
    }
  }

  private OriginError whyUnknown() {
    boolean isDns =
        searches.values().stream()
            .anyMatch(search ->
                search.problem() != null && !(search.source() instanceof OriginSource.InFile));
    return isDns ? OriginError.DNS_ERROR : OriginError.DESTINATION_UNKNOWN;
  }

  /// By source, in words of ours and of the system.
  synchronized Map<String, String> problems() {
    Map<String, String> problems = new LinkedHashMap<>();
    searches.forEach((source, search) -> {
      String problem = search.problem();
      if (problem != null) {
        problems.put(source.toString(), problem);
      }
    });
    return problems;
  }

  synchronized long failures() {
    return failuresOfEarlier + searches.values().stream().mapToLong(Search::failures).sum();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    end(searches.keySet());
  }
}
