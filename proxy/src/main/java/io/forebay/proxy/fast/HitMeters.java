package io.forebay.proxy.fast;

import io.forebay.cache.TimeSource;
import io.forebay.http.caching.CacheStatus;
import io.forebay.proxy.ExchangeMeter;
import io.forebay.proxy.ExchangeObserver;
import io.forebay.proxy.ExchangeRecord;
import io.forebay.proxy.Meters;
import io.forebay.proxy.ServedHead;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.scan.RequestScan;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How hits are counted: by a meter for each route and status, or, for an observer that wants to
/// know more, by a record of each.
///
/// Of one event loop.
final class HitMeters {

  private final ExchangeObserver observer;
  private final TimeSource time;
  private final String protocol;
  private final Meters meters;

  HitMeters(ExchangeObserver observer, TimeSource time, String protocol) {
    this.observer = observer;
    this.time = time;
    this.protocol = protocol;
    this.meters = new Meters(observer, Optional.empty());
  }

  ExchangeMeter of(Route route, FreshHits.Asked asked, PreparedPage page, long ageNanos) {
    ExchangeMeter lasting = meters.of(route, page.status());
    return lasting == null ? recording(route, asked, page, ageNanos) : lasting;
  }

  private ExchangeMeter recording(
      Route route, FreshHits.Asked asked, PreparedPage page, long ageNanos) {
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
