package io.forebay.proxy;

import io.forebay.http.caching.ForwardReason;
import io.forebay.proxy.route.Route;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The meters of one kind of exchanges, by route and status, each asked for once.
///
/// Of one event loop.
public final class Meters {

  private static final int MOST_ROUTES = 4_096;

  private final ExchangeObserver observer;
  private final Optional<ForwardReason> forwarded;
  private final IdentityHashMap<Route, Map<Integer, ExchangeMeter>> known = new IdentityHashMap<>();
  private @Nullable Route lastRoute;
  private int lastStatus;
  private @Nullable ExchangeMeter last;

  /// @param forwarded as in [ExchangeObserver#meter]
  public Meters(ExchangeObserver observer, Optional<ForwardReason> forwarded) {
    this.observer = observer;
    this.forwarded = forwarded;
  }

  /// Null if a record of each exchange is wanted.
  @SuppressWarnings("ReferenceEquality") // spares most exchanges the look into the map
  public @Nullable ExchangeMeter of(Route route, int status) {
    if (route == lastRoute && status == lastStatus) {
      return last;
    }
    if (known.size() == MOST_ROUTES) { // routes of former settings are among them
      known.clear();
    }
    Map<Integer, ExchangeMeter> ofRoute = known.computeIfAbsent(route, _ -> new HashMap<>());
    ExchangeMeter lasting = ofRoute.get(status);
    if (lasting == null) {
      Optional<ExchangeMeter> fresh = observer.meter(route.name(), forwarded, status);
      if (fresh.isEmpty()) {
        return null;
      }
      lasting = fresh.get();
      ofRoute.put(status, lasting);
    }
    lastRoute = route;
    lastStatus = status;
    last = lasting;
    return lasting;
  }
}
