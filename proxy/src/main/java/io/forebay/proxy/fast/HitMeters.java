package io.forebay.proxy.fast;

import io.forebay.cache.TimeSource;
import io.forebay.http.caching.CacheStatus;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.ExchangeRecord;
import io.forebay.proxy.HitMeter;
import io.forebay.proxy.ServedHead;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.scan.RequestScan;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How hits are counted: by a meter for each route and status, or, for an observer that wants to
/// know more, by a record of each.
///
/// Of one event loop.
final class HitMeters {

  private static final int MOST_ROUTES = 4_096;

  private final ExchangeObserver observer;
  private final TimeSource time;
  private final String protocol;
  private final IdentityHashMap<Route, Map<Integer, HitMeter>> known = new IdentityHashMap<>();
  private @Nullable Route lastRoute;
  private int lastStatus;
  private HitMeter last = (_, _) -> {};

  HitMeters(ExchangeObserver observer, TimeSource time, String protocol) {
    this.observer = observer;
    this.time = time;
    this.protocol = protocol;
  }

  @SuppressWarnings("ReferenceEquality") // spares most hits the look into the map
  HitMeter of(Route route, FreshHits.Asked asked, PreparedPage page, long ageNanos) {
    if (route == lastRoute && page.status() == lastStatus) {
      return last;
    }
    if (known.size() == MOST_ROUTES) { // routes of former settings are among them
      known.clear();
    }
    Map<Integer, HitMeter> ofRoute = known.computeIfAbsent(route, _ -> new HashMap<>());
    HitMeter lasting = ofRoute.get(page.status());
    if (lasting == null) {
      Optional<HitMeter> fresh = observer.hitMeter(route.name(), page.status());
      if (fresh.isEmpty()) {
        return recording(route, asked, page, ageNanos);
      }
      lasting = fresh.get();
      ofRoute.put(page.status(), lasting);
    }
    lastRoute = route;
    lastStatus = page.status();
    last = lasting;
    return lasting;
  }

  private HitMeter recording(Route route, FreshHits.Asked asked, PreparedPage page, long ageNanos) {
    RequestScan request = asked.request();
    Instant started = time.now();
    String peer = asked.peer().get();
    String method = request.isHead() ? "HEAD" : "GET";
    String authority = asked.place().authority();
    String target = request.text(request.targetFrom(), request.targetTo());
    CacheStatus status = ServedHead.statusOfHit(Duration.ofNanos(page.remainingNanos(ageNanos)));
    return (nanos, bytes) ->
        observer.finished(
            new ExchangeRecord(
                started,
                Duration.ofNanos(nanos),
                peer,
                protocol,
                method,
                authority,
                target,
                route.name(),
                page.status(),
                Optional.of(status),
                "",
                Optional.empty(),
                false,
                bytes));
  }
}
