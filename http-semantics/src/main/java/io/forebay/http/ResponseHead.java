package io.forebay.http;

import java.time.Instant;
import java.util.Optional;

/// A response's status code and header section (RFC 9110 §6.2).
///
/// @param status 100 to 999; codes above 599 exist in the wild and pass as they are
public record ResponseHead(int status, HttpFields fields) {

  /// Neither informational nor absent: the last response to a request (RFC 9110 §15).
  public boolean isFinal() {
    return status >= 200;
  }

  /// 2xx or 3xx (RFC 9111 §4.4).
  public boolean isNonError() {
    return status >= 200 && status < 400;
  }

  /// The `Date` field, when it has a valid one.
  public Optional<Instant> date() {
    return fields.first("Date").flatMap(HttpDate::parse);
  }

  /// With a `Date` of when it was received, unless it has a valid one: a recipient with a clock
  /// appends it before caching or forwarding (RFC 9110 §6.6.1).
  public ResponseHead withDate(Instant received) {
    return date().isPresent()
        ? this
        : withFields(fields.withReplaced("Date", HttpDate.format(received)));
  }

  public ResponseHead withFields(HttpFields newFields) {
    return new ResponseHead(status, newFields);
  }
}
