package io.forebay.server.backup;

import io.forebay.cache.Cache;
import io.forebay.cache.Entry;
import io.forebay.cache.EntryFacts;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.Listing;
import io.forebay.cache.ListingQuery;
import io.forebay.cache.TimeSource;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.NamedCache;
import io.forebay.server.caches.StoredValue;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// Makes backups of what key-value caches have in this node's memory. Leaves no trace in statistics
/// or in what a policy learns. Thread-safe.
public final class Exporter {

  /// Facts of so many entries are held at most, some 30 MB. Finding a page costs a look at every
  /// entry of the cache, so pages of large caches are larger.
  private static final int LARGEST_PAGE = 50_000;

  private static final int SMALLEST_PAGE = 1_000;
  private static final int PAGES = 8;

  private final CacheRegistry registry;
  private final InvalidationHistory history;
  private final String server;
  private final TimeSource time;

  /// @param server its version
  public Exporter(
      CacheRegistry registry, InvalidationHistory history, String server, TimeSource time) {
    this.registry = registry;
    this.history = history;
    this.server = server;
    this.time = time;
  }

  /// Writes a backup, as fast as `out` takes it.
  public void write(ExportOrder order, OutputStream out) throws IOException {
    InvalidationHistory.Moment taken = history.now();
    List<NamedCache> caches =
        registry.all().stream()
            .filter(named -> order.caches().isEmpty() || order.caches().contains(named.name()))
            .toList();
    List<String> names = caches.stream().map(NamedCache::name).toList();
    put(BackupLines.header(server, time.now(), Optional.of(taken), names), out);
    long entries = 0;
    for (NamedCache named : caches) {
      Optional<ExportOrder.Place> after = order.after();
      int behind = after.map(place -> named.name().compareTo(place.cache())).orElse(1);
      if (behind >= 0) {
        Optional<String> key = after.filter(_ -> behind == 0).map(ExportOrder.Place::key);
        entries += write(named.cache(), key, out);
      }
    }
    put(BackupLines.end(entries), out);
  }

  private static void put(byte[] line, OutputStream out) throws IOException {
    out.write(line);
    out.write('\n');
  }

  private long write(Cache<String, StoredValue> cache, Optional<String> behind, OutputStream out)
      throws IOException {
    long written = 0;
    Optional<String> after = behind;
    do {
      int most = Math.clamp(cache.statistics().entries() / PAGES, SMALLEST_PAGE, LARGEST_PAGE);
      Listing<String> page =
          cache.list(new ListingQuery<>(after, _ -> true, Optional.empty(), most));
      for (EntryFacts<String> facts : page.entries()) {
        try (Entry<String, StoredValue> entry = cache.peek(facts.key())) {
          if (entry != null) {
            put(BackupLines.entry(cache.name(), entry, time.now().toEpochMilli()), out);
            written++;
          }
        }
      }
      after = page.next();
    } while (after.isPresent());
    return written;
  }
}
