package io.forebay.server.invalidation;

import io.forebay.cache.InvalidationOrder;
import java.time.Duration;
import java.util.List;

/// What somebody asks for, read and well-formed.
///
/// @param orders 1 to 1,000; carried out all together or not at all
/// @param why a few words for people; may be empty
/// @param timeout how long the answer may wait for what `waitFor` says
public record InvalidationRequest(
    Requester by,
    Source source,
    List<InvalidationOrder> orders,
    String why,
    Wait waitFor,
    Duration timeout) {

  public InvalidationRequest {
    orders = List.copyOf(orders);
  }

  /// One that waits for nothing beyond this node.
  public static InvalidationRequest local(
      Requester by, Source source, List<InvalidationOrder> orders) {
    return new InvalidationRequest(by, source, orders, "", Wait.LOCAL, Duration.ZERO);
  }
}
