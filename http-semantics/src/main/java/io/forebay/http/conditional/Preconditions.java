package io.forebay.http.conditional;

import io.forebay.http.RequestHead;
import io.forebay.http.ResponseHead;

/// Evaluates a client's conditions against the response chosen for it (RFC 9110 §13.2.2).
public final class Preconditions {

  /// What follows from the conditions.
  public enum Outcome {
    /// Answer with the response; the range, if any, applies.
    PROCEED,
    /// Answer with the whole response: `If-Range` did not hold (§13.1.5).
    PROCEED_WITHOUT_RANGE,
    /// Answer 304 with [#notModified].
    NOT_MODIFIED,
    /// Answer 412.
    PRECONDITION_FAILED
  }

  private Preconditions() {}

  /// Evaluates in the order of §13.2.2. Conditions apply only to a response that would be 2xx
  /// (§13.2.1); for others this is PROCEED.
  public static Outcome evaluate(RequestHead request, ResponseHead response) {
    return io.forebay.http.Sketch.notYet("Preconditions");
  }

  /// The 304 that stands for `response` (RFC 9110 §15.4.5).
  public static ResponseHead notModified(ResponseHead response) {
    return io.forebay.http.Sketch.notYet("Preconditions");
  }
}
