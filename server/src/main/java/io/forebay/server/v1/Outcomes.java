package io.forebay.server.v1;

import io.forebay.server.api.ApiResponse;
import io.forebay.server.api.Problem;
import io.forebay.server.api.ProblemType;
import io.forebay.server.caches.Violation;
import java.util.Optional;
import java.util.OptionalLong;

/// What the services' refusals look like as problems.
final class Outcomes {

  private Outcomes() {}

  static Problem unknownCache(String name) {
    return new Problem(
        ProblemType.UNKNOWN_CACHE,
        "There is no cache of that name; GET /v1/caches lists those there are, PUT"
            + " /v1/caches/{cache} creates one.",
        Optional.of("cache"),
        Optional.empty());
  }

  static Problem absent() {
    return new Problem(
        ProblemType.NO_SUCH_ENTRY,
        "The cache has no entry under that key.",
        Optional.of("key"),
        Optional.empty());
  }

  static Problem tierFailed(String why, boolean mayHaveHappened) {
    return Problem.of(
        ProblemType.TIER_FAILED,
        (mayHaveHappened ? "It is not known whether anything changed: " : "Nothing changed: ")
            + why);
  }

  static Problem invalid(Violation violation) {
    ProblemType type =
        switch (violation.kind()) {
          case MALFORMED -> ProblemType.INVALID_REQUEST;
          case TOO_LARGE -> ProblemType.TOO_LARGE;
        };
    return new Problem(
        type,
        violation.detail(),
        Optional.of(violation.field()),
        Optional.of(violation.expected()));
  }

  static Problem preconditionFailed(OptionalLong present) {
    return Problem.of(
        ProblemType.PRECONDITION_FAILED,
        present.isPresent()
            ? "The entry is there in version " + present.getAsLong() + "; nothing changed."
            : "There is no entry; nothing changed.");
  }

  static ApiResponse preconditionFailedResponse(OptionalLong present) {
    ApiResponse response = ApiResponse.problem(preconditionFailed(present));
    return present.isPresent()
        ? response.with("ETag", EntityTags.of(present.getAsLong()))
        : response;
  }
}
