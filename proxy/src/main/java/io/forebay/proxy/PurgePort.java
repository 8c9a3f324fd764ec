package io.forebay.proxy;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import java.util.Set;

/// Carries out orders to purge that come as requests (`PURGE`, `BAN`): the port to whoever knows
/// clients, receipts and the audit. The proxy itself neither reads them nor decides who may give
/// them.
@FunctionalInterface
public interface PurgePort {

  /// The methods that are orders and no requests for a page.
  Set<String> METHODS = Set.of("PURGE", "BAN");

  /// What is answered; its body is JSON.
  ///
  /// @param why for the log
  @SuppressWarnings("ArrayRecordComponent") // answers are compared by nobody
  record PurgeAnswer(int status, HttpFields fields, byte[] body, String why) {}

  /// Carries an order out, or refuses it and changes nothing. Waits until what was ordered is in
  /// force.
  ///
  /// @param peer the client's IP address
  PurgeAnswer answer(RequestHead request, String peer);

  /// Takes no orders: every one is refused as a method that is not allowed.
  static PurgePort closed() {
    return (_, _) ->
        new PurgeAnswer(
            405, HttpFields.of("Allow", "GET, HEAD"), new byte[0], "nobody takes orders here");
  }

  /// Whether a request is an order.
  static boolean isOrder(RequestHead request) {
    return METHODS.contains(request.method());
  }
}
