package io.forebay.server.demo;

import io.forebay.cache.Cache;
import io.forebay.cache.ListingQuery;
import io.forebay.http.caching.CacheStatus;
import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.ExchangeRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the demo's commentary knows: counts of results, which pages were seen, and the last
/// remarkable exchange of each kind. Thread-safe; bounded by the shop's pages.
final class DemoNotes {

  private long hits;
  private long stale;
  private long misses;
  private long hitMicros;
  private long missMicros;
  private final Set<String> stored = new HashSet<>();
  private @Nullable Cache<String, ?> pages;
  private final Map<String, String> remarkable = new HashMap<>();

  /// Where stored pages are counted by tag.
  synchronized void lookInto(Cache<String, ?> store) {
    pages = store;
  }

  private int pagesWithTag(String tag) {
    Cache<String, ?> store = pages;
    return store == null
        ? 0
        : store
            .list(new ListingQuery<>(Optional.empty(), _ -> true, Optional.of(tag), 1_000))
            .entries()
            .size();
  }

  synchronized void note(ExchangeRecord exchange) {
    CacheStatus status = exchange.cacheStatus().orElse(null);
    if (status == null) {
      return;
    }
    long micros = exchange.duration().toNanos() / 1000;
    String page = exchange.method() + " " + exchange.target();
    String answer = status.fieldValue();
    if (status.hit()) {
      hitMicros += micros;
      if (status.ttl().filter(ttl -> ttl.isNegative()).isPresent()) {
        stale++;
        remarkable.put("stale", "served stale, refreshed behind: %s → %s".formatted(page, answer));
      } else {
        hits++;
      }
      return;
    }
    misses++;
    missMicros += micros;
    if (status.stored() && !stored.add(exchange.target())) {
      remarkable.put("expired", "expired: %s → %s".formatted(page, answer));
    }
    if (status.forward().equals(Optional.of(ForwardReason.METHOD))) {
      remarkable.put("changed", "changed, so invalidated: %s → %s".formatted(page, answer));
      stored.remove(exchange.target());
    } else if (!status.stored() && !exchange.reason().isEmpty()) {
      remarkable.put("unstored", "not stored: %s (%s)".formatted(page, exchange.reason()));
    }
  }

  /// The lines for one second.
  ///
  /// @param rendered pages that the shop itself had to render since it opened
  synchronized List<String> lines(int second, long requests, long failures, long rendered) {
    List<String> lines = new ArrayList<>();
    long answered = hits + stale + misses;
    lines.add(
        "%4d s  %5d requests  %5d hits (%d stale)  %3d %% from the cache  shop rendered %d  hit %.1f ms, miss %.1f ms%s"
            .formatted(
                second,
                requests,
                hits + stale,
                stale,
                answered == 0 ? 0 : (hits + stale) * 100 / answered,
                rendered,
                hits + stale == 0 ? 0 : hitMicros / 1000.0 / (hits + stale),
                misses == 0 ? 0 : missMicros / 1000.0 / misses,
                failures == 0 ? "" : "  " + failures + " failed"));
    if (second % 3 == 0) {
      remarkable.values().stream().sorted().forEach(line -> lines.add("        " + line));
      remarkable.clear();
      String tag = DemoShop.CATEGORIES.get(second / 3 % DemoShop.CATEGORIES.size());
      lines.add("        tag %s covers %d stored pages".formatted(tag, pagesWithTag(tag)));
    }
    return lines;
  }
}
