package io.forebay.server.audit;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// How a change ended.
///
/// @param status the HTTP status of the answer; empty if there is none
/// @param affected how many things it changed, where that is known
public record AuditEnd(AuditOutcome outcome, OptionalInt status, OptionalLong affected) {

  static final AuditEnd UNKNOWN =
      new AuditEnd(AuditOutcome.BEGUN, OptionalInt.empty(), OptionalLong.empty());

  /// By the answer: below 400 it was done, from 500 on it failed, else it was refused.
  public static AuditEnd answered(int status, OptionalLong affected) {
    AuditOutcome outcome =
        status < 400
            ? AuditOutcome.DONE
            : status < 500 ? AuditOutcome.REFUSED : AuditOutcome.FAILED;
    return new AuditEnd(outcome, OptionalInt.of(status), affected);
  }
}
