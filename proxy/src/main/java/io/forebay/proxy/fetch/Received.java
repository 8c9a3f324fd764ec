package io.forebay.proxy.fetch;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import io.forebay.http.caching.CachePolicy;
import io.forebay.http.caching.StoreDecision;
import io.forebay.http.caching.StoreRules;
import io.forebay.http.caching.Validation;
import io.forebay.proxy.origin.OriginOutcome.Answered;
import java.time.Duration;
import java.util.List;

/// A response's head in its context.
///
/// @param head without hop-by-hop fields, dated
record Received(Flight flight, Fetch.Order order, ResponseHead head, Answered answered) {

  /// The request as the store sees it: without conditions of ours.
  RequestHead asked() {
    return order.validated().isEmpty() ? order.sent() : Validation.withoutConditions(order.sent());
  }

  CachePolicy policy() {
    return order.route().policy();
  }

  /// As the client that caused the fetch gets a response that is stored for others too.
  ResponseHead deliveredHead() {
    return policy().setCookie() == CachePolicy.SetCookie.STRIP
        ? head.withFields(head.fields().without(List.of("Set-Cookie", "Set-Cookie2")))
        : head;
  }

  /// Whether, if it is not for others, the next ones of its key are not likely to be either
  /// ([StoreRules#provesUnshareable]).
  ///
  /// A refusal in place of a page that is stored may be this client's alone, as a firewall's is:
  /// the page was for all so far.
  boolean provesUnshareable() {
    boolean isRefusal = head.status() == 401 || head.status() == 403;
    return StoreRules.provesUnshareable(order.sent(), head)
        && !(isRefusal && !order.validated().isEmpty());
  }

  StoreDecision decision() {
    if (order.notForStore().isPresent()) {
      return new StoreDecision.DoNotStore(order.notForStore().get(), Duration.ZERO);
    }
    return StoreRules.decide(asked(), head, policy(), answered.sent(), answered.received());
  }
}
