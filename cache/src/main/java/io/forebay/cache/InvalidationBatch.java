package io.forebay.cache;

import java.util.List;
import java.util.Optional;

/// Operations that enter the log together: all of them or none, at positions without a gap.
///
/// @param id what the receipt is asked for by; empty if nobody will
/// @param who a principal's name; empty if Forebay itself
/// @param why a few words for people
/// @param orders at least one, at most [#MAX_ORDERS]; a guard of tiers may put as many before them
public record InvalidationBatch(
    Optional<String> id, String who, String why, List<InvalidationOrder> orders) {

  public static final int MAX_ORDERS = 1_000;

  public InvalidationBatch {
    orders = List.copyOf(orders);
    if (orders.isEmpty() || orders.size() > 2 * MAX_ORDERS) {
      throw new IllegalArgumentException(
          "a batch has 1 to " + 2 * MAX_ORDERS + " orders, not " + orders.size());
    }
  }

  /// What Forebay itself invalidates, without a receipt.
  public static InvalidationBatch ofOurselves(InvalidationOrder order, String why) {
    return new InvalidationBatch(Optional.empty(), "", why, List.of(order));
  }
}
