package io.forebay.proxy;

import io.forebay.http.CdnLoop;
import io.forebay.http.ConnectionFields;
import io.forebay.http.ForwardedElement;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.proxy.route.Route;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The client's request as an origin gets it, with `Via` (RFC 9110 §7.6.3), `CDN-Loop` (RFC 8586),
/// `Forwarded` (RFC 7239) and the `X-Forwarded-…` fields that origins know. What a trusted proxy
/// says in either kind of these is said in both.
///
/// **Loops.** A request that this very instance has forwarded before is in a loop. So is, most
/// likely, one that has passed `MAX_PASSES` caches of this name: an edge before a shield before
/// another is three, and a loop among nodes that restart is seen by nothing else.
final class ForwardedRequest {

  /// Our name in `Via`, `CDN-Loop`, `Cache-Status` and `Proxy-Status`.
  static final String PSEUDONYM = "forebay";

  /// Asks for an explanation in place of the page; never passed on, or a cache behind this one,
  /// which trusts this one's address, would take it for ours.
  static final String EXPLAIN = "Forebay-Explain";

  private static final int MAX_PASSES = 8;

  private final String instance = UUID.randomUUID().toString();
  private volatile Element lastElement = new Element("", "", "", "");

  RequestHead of(RuledExchange client) {
    RequestHead sent = of(client.request(), client.route(), client.sender(), client.protocol());
    return client.takesTrailers()
        ? sent.withFields(
            sent.fields().toBuilder().add("TE", "trailers").add("Connection", "TE").build())
        : sent;
  }

  /// For a client that takes no trailers.
  ///
  /// @param request as it is decided on, so without what belongs to the client's connection, and
  ///   without what a client that nobody trusts says of itself
  /// @param protocol of the client's request
  RequestHead of(RequestHead request, Route route, Sender sender, String protocol) {
    HttpFields fields = request.fields().without("Expect").without(EXPLAIN);
    fields = ConnectionFields.withVia(fields, protocol, PSEUDONYM);
    fields = CdnLoop.with(fields, PSEUDONYM, instance);
    return request
        .withTarget(target(request, route))
        .withFields(withOrigin(fields, request, sender));
  }

  /// What may be stored for others is asked for as the route's key says, if it says so; a request
  /// that changes something keeps its own URL.
  private static String target(RequestHead request, Route route) {
    return request.isSafe()
        ? route.rules().key().query().sentTarget(request.target())
        : request.target();
  }

  private HttpFields withOrigin(HttpFields fields, RequestHead request, Sender sender) {
    String element = element(sender.hop(), request.authority(), request.scheme());
    HttpFields.Builder builder =
        fields.toBuilder()
            .set("X-Forwarded-For", addresses(fields, sender))
            .set("X-Forwarded-Proto", request.scheme())
            .set("Forwarded", forwarded(sender, element));
    if (!request.authority().isEmpty()) {
      builder.set("X-Forwarded-Host", request.authority());
    }
    return builder.build();
  }

  /// What `Forwarded` says of a request.
  private record Element(String hop, String authority, String scheme, String text) {

    boolean isOf(String otherHop, String otherAuthority, String otherScheme) {
      return hop.equals(otherHop) && authority.equals(otherAuthority) && scheme.equals(otherScheme);
    }
  }

  /// From the last time, if that was the same. Racy, and right whoever wins.
  private String element(String hop, String authority, String scheme) {
    Element known = lastElement;
    if (!known.isOf(hop, authority, scheme)) {
      ForwardedElement element =
          new ForwardedElement(
              Optional.of(hop),
              Optional.of(authority).filter(present -> !present.isEmpty()),
              Optional.of(scheme));
      known = new Element(hop, authority, scheme, element.toString());
      lastElement = known;
    }
    return known.text();
  }

  private static String addresses(HttpFields fields, Sender sender) {
    return switch (sender.word()) {
      case NONE -> sender.hop();
      case X_FORWARDED -> joined(fields.all("X-Forwarded-For").stream(), sender.hop());
      case FORWARDED ->
          joined(
              sender.before().stream().map(element -> element.from().orElse("unknown")),
              sender.hop());
    };
  }

  private static String forwarded(Sender sender, String element) {
    return sender.before().isEmpty()
        ? element
        : joined(sender.before().stream().map(ForwardedElement::toString), element);
  }

  private static String joined(Stream<String> before, String last) {
    return Stream.concat(before, Stream.of(last)).collect(Collectors.joining(", "));
  }

  boolean isInLoop(RequestHead request) {
    return CdnLoop.names(request.fields(), PSEUDONYM, instance)
        || ConnectionFields.timesPassed(request.fields(), PSEUDONYM) >= MAX_PASSES;
  }
}
