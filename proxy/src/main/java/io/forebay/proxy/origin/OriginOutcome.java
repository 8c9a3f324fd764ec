package io.forebay.proxy.origin;

import io.forebay.http.ResponseHead;
import io.forebay.proxy.body.BodySource;
import java.time.Instant;

/// What became of a request to an origin.
public sealed interface OriginOutcome {

  /// A final response's head; the body follows.
  ///
  /// @param sent when the request was begun: `request_time` of RFC 9111 §4.2.3
  /// @param received when the head was there: its `response_time`
  record Answered(ResponseHead head, BodySource body, Instant sent, Instant received)
      implements OriginOutcome {}

  /// @param detail for operators; not for clients
  record Failed(OriginError error, String detail) implements OriginOutcome {

    public static Failed of(OriginError error) {
      return new Failed(error, error.sentence());
    }
  }
}
