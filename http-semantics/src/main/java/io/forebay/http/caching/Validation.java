package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;
import java.util.List;
import java.util.Optional;

/// Validates stored responses with the origin (RFC 9111 §4.3).
public final class Validation {

  private Validation() {}

  /// The client's request as sent for the shared store: its own conditions and range are dropped,
  /// those of the candidates put in (§4.3.1). Unconditional when none has a validator.
  ///
  /// @param candidates first the one selected for the request, if any; then others of the same key,
  ///   whose entity tags are sent along
  public static RequestHead conditionalRequest(
      RequestHead request, List<? extends StoredCandidate> candidates) {
    return io.forebay.http.Sketch.notYet("Validation");
  }

  /// The request without the client's conditions and range, so that the answer can be stored.
  public static RequestHead withoutConditions(RequestHead request) {
    return io.forebay.http.Sketch.notYet("Validation");
  }

  /// The candidates that a 304 confirms (§4.3.4), in the order given; empty when it confirms none.
  public static <C extends StoredCandidate> List<C> confirmedBy(
      ResponseHead notModified, List<C> candidates) {
    return io.forebay.http.Sketch.notYet("Validation");
  }

  /// The stored head updated by a 304 (§3.2). Its age and freshness are to be computed anew, from
  /// the 304.
  public static ResponseHead freshened(ResponseHead stored, ResponseHead notModified) {
    return io.forebay.http.Sketch.notYet("Validation");
  }

  /// What a response to HEAD means for a stored response to GET (§4.3.5).
  ///
  /// @return the updated head; empty when the stored response is out of date and must be
  ///   invalidated
  public static Optional<ResponseHead> freshenedByHead(ResponseHead stored, ResponseHead head) {
    return io.forebay.http.Sketch.notYet("Validation");
  }
}
