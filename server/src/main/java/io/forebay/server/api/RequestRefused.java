package io.forebay.server.api;

/// Ends an endpoint with a problem. An exception although the outcome is expected: reading a
/// request takes many small steps, and each would otherwise hand the same refusal up by a switch.
/// Caught in exactly one place, [ApiExchange].
public final class RequestRefused extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  public RequestRefused(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
