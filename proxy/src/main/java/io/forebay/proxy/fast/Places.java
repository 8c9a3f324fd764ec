package io.forebay.proxy.fast;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.http.RequestSyntax;
import io.forebay.http.caching.CacheKey;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteTable;
import io.forebay.proxy.route.Routes;
import io.forebay.proxy.scan.RequestScan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What follows from a request's host, worked out once by the general path's own functions: how its
/// cache keys begin, and which route takes it.
///
/// Of one event loop.
final class Places {

  /// Hosts that are remembered; then all are forgotten. Clients choose them.
  private static final int MOST = 1_024;

  private final RouteTable table;
  private final String scheme;
  private final Map<String, Place> known = new HashMap<>();
  private Routes routes;
  private Place last;

  /// @param scheme of the requests
  Places(RouteTable table, String scheme) {
    this.table = table;
    this.routes = table.current();
    this.scheme = scheme;
    this.last = place("");
  }

  /// One host, as a client wrote it.
  ///
  /// @param keyStart what comes before the target in the cache keys; empty if such requests are
  ///   refused, or their route changes what is served
  /// @param route of all its requests; empty if it depends on the path
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Place(byte[] host, String authority, Optional<byte[]> keyStart, Optional<Route> route) {

    boolean isOf(RequestScan request) {
      return Arrays.equals(
          host, 0, host.length, request.bytes(), request.hostFrom(), request.hostTo());
    }
  }

  @SuppressWarnings("ReferenceEquality") // routes are replaced as a whole
  Place of(RequestScan request) {
    if (table.current() != routes) {
      routes = table.current();
      known.clear();
      last = place("");
    }
    if (last.isOf(request)) {
      return last;
    }
    String host = request.text(request.hostFrom(), request.hostTo());
    Place place = known.get(host);
    if (place == null) {
      place = place(host);
      if (known.size() == MOST) {
        known.clear();
      }
      known.put(host, place);
    }
    last = place;
    return place;
  }

  private Place place(String host) {
    byte[] bytes = host.getBytes(ISO_8859_1);
    RequestHead request = new RequestHead("GET", scheme, host, "/", HttpFields.of("Host", host));
    if (RequestSyntax.fault(request, "1.1").isPresent()) {
      return new Place(bytes, host, Optional.empty(), Optional.empty());
    }
    String key = CacheKey.of(request).text();
    byte[] start = key.substring(0, key.length() - 1).getBytes(ISO_8859_1);
    Optional<Route> ofAll = routes.ofAllPaths(host);
    boolean isOther = ofAll.isPresent() && !ofAll.get().rules().leaveHitsAlone();
    return new Place(bytes, host, isOther ? Optional.empty() : Optional.of(start), ofAll);
  }

  /// Whether the route of a request passes everything on; false if that is not certain.
  boolean isBypassed(Place place, RequestScan request) {
    Optional<Route> route =
        place.route().isPresent()
            ? place.route()
            : routes.ofAllFields(
                place.authority(), request.text(request.targetFrom(), request.targetTo()));
    return route.isPresent() && route.get().rules().bypass();
  }

  /// The route of a request, if it leaves hits alone; empty if it does not, or is not certain.
  Optional<Route> route(Place place, RequestScan request) {
    return place.route().isPresent()
        ? place.route()
        : routes
            .ofAllFields(place.authority(), request.text(request.targetFrom(), request.targetTo()))
            .filter(route -> route.rules().leaveHitsAlone());
  }
}
