package io.forebay.proxy;

import io.forebay.http.CdnLoop;
import io.forebay.http.ConnectionFields;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import java.util.UUID;

/// The client's request as an origin gets it: without what belongs to the client's connection (RFC
/// 9110 §7.6.1), with `Via` (§7.6.3), `CDN-Loop` (RFC 8586) and the `X-Forwarded-…` fields that
/// origins know.
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

  RequestHead of(RuledExchange client) {
    RequestHead request = client.request();
    HttpFields fields =
        ConnectionFields.removed(request.fields()).without("Expect").without(EXPLAIN);
    fields = ConnectionFields.withVia(fields, client.protocol(), PSEUDONYM);
    fields = CdnLoop.with(fields, PSEUDONYM, instance);
    String forwardedFor =
        fields.combined("X-Forwarded-For").map(before -> before + ", ").orElse("") + client.peer();
    HttpFields.Builder builder =
        fields.toBuilder()
            .set("X-Forwarded-For", forwardedFor)
            .set("X-Forwarded-Proto", request.scheme());
    if (!request.authority().isEmpty()) {
      builder.set("X-Forwarded-Host", request.authority());
    }
    if (client.takesTrailers()) {
      builder.add("TE", "trailers").add("Connection", "TE");
    }
    return request.withTarget(target(client)).withFields(builder.build());
  }

  /// What may be stored for others is asked for as the route's key says, if it says so; a request
  /// that changes something keeps its own URL.
  private static String target(RuledExchange client) {
    RequestHead request = client.request();
    return request.isSafe()
        ? client.route().rules().key().query().sentTarget(request.target())
        : request.target();
  }

  boolean isInLoop(RequestHead request) {
    return CdnLoop.names(request.fields(), PSEUDONYM, instance)
        || ConnectionFields.timesPassed(request.fields(), PSEUDONYM) >= MAX_PASSES;
  }
}
