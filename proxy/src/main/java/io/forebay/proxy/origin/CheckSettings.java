package io.forebay.proxy.origin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How an origin is asked whether it is well.
///
/// @param path a GET of it, with query if need be
/// @param host the `Host` field; empty for the origin's own
/// @param interval from one check's begin to the next one's
/// @param timeout for connection and answer, each
/// @param expected status codes of an origin that is well
/// @param upAfter so many good checks in a row
/// @param downAfter so many bad checks in a row
public record CheckSettings(
    String path,
    Optional<String> host,
    Duration interval,
    Duration timeout,
    List<StatusRange> expected,
    int upAfter,
    int downAfter) {

  public CheckSettings {
    expected = List.copyOf(expected);
  }

  boolean expects(int status) {
    return expected.stream().anyMatch(range -> range.contains(status));
  }

  /// Status codes from `first` to `last`, both included.
  public record StatusRange(int first, int last) {

    /// Of `200` or `200-299`; empty for anything else.
    public static Optional<StatusRange> parse(String text) {
      if (!text.matches("[1-5]\\d\\d(-[1-5]\\d\\d)?")) {
        return Optional.empty();
      }
      int first = Integer.parseInt(text.substring(0, 3));
      int last = text.length() == 3 ? first : Integer.parseInt(text.substring(4));
      return first > last ? Optional.empty() : Optional.of(new StatusRange(first, last));
    }

    boolean contains(int status) {
      return status >= first && status <= last;
    }

    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + "-" + last;
    }
  }
}
