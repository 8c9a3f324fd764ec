package io.forebay.server.purge;

import java.util.List;

/// What a request asks for.
public sealed interface PurgeReading {

  /// @param orders at least one
  record Understood(List<PurgeOrder> orders) implements PurgeReading {
    public Understood {
      orders = List.copyOf(orders);
    }
  }

  /// Nothing of it is to be carried out.
  ///
  /// @param field which part of the request
  /// @param expected what would be right
  /// @param detail one sentence about this case
  record Refused(String field, String expected, String detail) implements PurgeReading {}
}
