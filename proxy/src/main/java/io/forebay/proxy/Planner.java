package io.forebay.proxy;

import io.forebay.http.ConnectionFields;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestForm;
import io.forebay.http.RequestHead;
import io.forebay.http.RequestSyntax;
import io.forebay.http.UnkeyedFields;
import io.forebay.http.caching.CacheKey;
import io.forebay.http.caching.ForwardReason;
import io.forebay.http.caching.ReuseRules;
import io.forebay.http.caching.StoreDecision;
import io.forebay.http.caching.StoreGuards.AmbiguousPaths;
import io.forebay.proxy.origin.OriginError;
import io.forebay.proxy.pages.PageStore.Candidates;
import io.forebay.proxy.route.Route;
import io.forebay.proxy.route.RouteTable;
import io.forebay.proxy.route.Routes;
import java.util.List;
import java.util.Optional;

/// Decides what is to be done with a request. A real exchange and an explanation ask the same
/// questions here, in the same order; only how they look into the store differs.
final class Planner {

  private final RouteTable routes;
  private final ForwardedRequest forwarding;

  Planner(RouteTable routes, ForwardedRequest forwarding) {
    this.routes = routes;
    this.forwarding = forwarding;
  }

  /// How the store is looked into.
  interface Look {
    Candidates candidates(CacheKey key, RequestHead request);
  }

  /// @param received as the client sent it
  /// @param word whose word on the client counts
  /// @param protocol `1.0`, `1.1`, `2`, …
  /// @param hasContent whether the request comes with a body
  Plan plan(
      RequestHead received, Sender.Word word, String protocol, boolean hasContent, Look look) {
    Optional<String> fault = RequestSyntax.fault(received, protocol);
    if (fault.isPresent()) {
      return Plan.Refuse.of(400, fault.get());
    }
    if (PurgePort.isOrder(received)) {
      return new Plan.Purge();
    }
    Routes now = routes.current();
    RequestHead formed = now.guards().form().of(own(received, word));
    Optional<Route> route = now.match(withUpgrade(formed, received));
    if (received.method().equals("CONNECT")) {
      return new Plan.Refuse(route, 501, "this proxy opens no tunnels", Optional.empty());
    }
    if (route.isEmpty()) {
      return Plan.Refuse.of(404, "no route matches this host and path");
    }
    if (forwarding.isInLoop(received)) {
      OriginError loop = OriginError.PROXY_LOOP_DETECTED;
      return new Plan.Refuse(route, loop.status(), loop.sentence(), Optional.of(loop));
    }
    Route taken = route.get();
    if (isGuarded(taken, formed, AmbiguousPaths.REFUSE)) {
      return new Plan.Refuse(
          route, 400, "the path can be read in more than one way", Optional.empty());
    }
    RequestHead request = taken.rules().decided(formed);
    CacheKey key = taken.rules().key().keyOf(request);
    Optional<Plan> passedOn = passedOn(now, taken, request, key, hasContent);
    if (passedOn.isPresent()) {
      return passedOn.get();
    }
    Candidates stored = look.candidates(key, request);
    return new Plan.UseStore(
        taken, request, key, stored, ReuseRules.decide(request, stored.pages(), taken.policy()));
  }

  /// Without what is for the client's connection alone (RFC 9110 §7.6.1), and what a client invents
  /// of its way here, before anything looks at the request: what an origin does not get must not
  /// choose a route or be in the key, and a client must not take away by `Connection` what the
  /// route adds.
  private static RequestHead own(RequestHead received, Sender.Word word) {
    HttpFields fields = word.believed(ConnectionFields.removed(received.fields()));
    return fields.size() == received.fields().size() ? received : received.withFields(fields);
  }

  /// `Upgrade` may choose a route: an origin for WebSocket.
  private static RequestHead withUpgrade(RequestHead formed, RequestHead received) {
    List<String> protocols = received.fields().all("Upgrade");
    if (protocols.isEmpty()) {
      return formed;
    }
    HttpFields.Builder fields = formed.fields().toBuilder();
    protocols.forEach(protocol -> fields.add("Upgrade", protocol));
    return formed.withFields(fields.build());
  }

  private static boolean isGuarded(Route route, RequestHead request, AmbiguousPaths guard) {
    return route.policy().guards().ambiguousPaths() == guard
        && RequestForm.isAmbiguous(request.target());
  }

  private static Optional<Plan> passedOn(
      Routes routes, Route route, RequestHead request, CacheKey key, boolean hasContent) {
    if (route.rules().bypass()) {
      return bypass(route, request, key, "the route passes everything on");
    }
    if (!request.isGet() && !request.isHead()) {
      return Optional.of(
          new Plan.PassOn(
              route,
              request,
              key,
              ForwardReason.METHOD,
              "only GET and HEAD are answered from the store",
              isReadableByGet(routes, route, request)
                  ? Optional.empty()
                  : Optional.of(StoreDecision.Reason.METHOD)));
    }
    if (hasContent) {
      return Optional.of(
          new Plan.PassOn(
              route,
              request,
              key,
              ForwardReason.METHOD,
              "what a request with content is answered depends on the content, which is not in the"
                  + " key",
              Optional.empty()));
    }
    if (isGuarded(route, request, AmbiguousPaths.PASS)) {
      return bypass(route, request, key, "the path can be read in more than one way");
    }
    if (key.text().length() > routes.guards().maxKeyLength()) {
      return bypass(
          route, request, key, "the cache key would be longer than proxy.guards.max_key_bytes");
    }
    return Optional.empty();
  }

  private static Optional<Plan> bypass(Route route, RequestHead request, CacheKey key, String why) {
    return Optional.of(
        new Plan.PassOn(
            route,
            request,
            key,
            ForwardReason.BYPASS,
            why,
            Optional.of(StoreDecision.Reason.BYPASS)));
  }

  /// Whether what answers this request may answer a GET of its URL, if it says so (RFC 9110
  /// §9.3.3): a GET would take the same route, and nothing but the URL is in its key.
  private static boolean isReadableByGet(Routes routes, Route route, RequestHead request) {
    return route.rules().key().isOfUrl()
        && !UnkeyedFields.overrideMethod(request.fields())
        && routes.match(request.withMethod("GET")).filter(route::equals).isPresent();
  }
}
