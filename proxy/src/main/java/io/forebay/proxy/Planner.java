package io.forebay.proxy;

import io.forebay.http.RequestHead;
import io.forebay.http.RequestSyntax;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseRules;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.pages.PageStore.Candidates;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.Routes;
import java.util.Optional;

/// Decides what is to be done with a request. A real exchange and an explanation ask the same
/// questions here, in the same order; only how they look into the store differs.
final class Planner {

  private final Routes routes;
  private final ForwardedRequest forwarding;

  Planner(Routes routes, ForwardedRequest forwarding) {
    this.routes = routes;
    this.forwarding = forwarding;
  }

  /// How the store is looked into.
  interface Look {
    Candidates candidates(CacheKey key, RequestHead request);
  }

  /// @param protocol `1.0`, `1.1`, `2`, …
  /// @param hasContent whether the request comes with a body
  Plan plan(RequestHead request, String protocol, boolean hasContent, Look look) {
    Optional<String> fault = RequestSyntax.fault(request, protocol);
    if (fault.isPresent()) {
      return Plan.Refuse.of(400, fault.get());
    }
    if (PurgePort.isOrder(request)) {
      return new Plan.Purge();
    }
    Optional<Route> route = routes.match(request);
    if (request.method().equals("CONNECT")) {
      return new Plan.Refuse(route, 501, "this proxy opens no tunnels", Optional.empty());
    }
    if (route.isEmpty()) {
      return Plan.Refuse.of(404, "no route matches this host and path");
    }
    if (forwarding.isInLoop(request)) {
      OriginError loop = OriginError.PROXY_LOOP_DETECTED;
      return new Plan.Refuse(route, loop.status(), loop.sentence(), Optional.of(loop));
    }
    if (!request.isGet() && !request.isHead()) {
      return new Plan.PassOn(
          route.get(), ForwardReason.METHOD, "only GET and HEAD are answered from the store");
    }
    if (hasContent) {
      return new Plan.PassOn(
          route.get(),
          ForwardReason.METHOD,
          "what a request with content is answered depends on the content, which is not in the"
              + " key");
    }
    CacheKey key = CacheKey.of(request);
    Candidates stored = look.candidates(key, request);
    return new Plan.UseStore(
        route.get(), key, stored, ReuseRules.decide(request, stored.pages(), route.get().policy()));
  }
}
