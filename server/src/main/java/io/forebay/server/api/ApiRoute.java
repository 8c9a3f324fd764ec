package io.forebay.server.api;

import io.forebay.server.access.Role;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// One method at one path.
///
/// @param method `GET` also answers `HEAD`
/// @param needed the role it takes; empty if it is open to all
/// @param maxBodyBytes the longest request body; 0 for none
/// @param streams whether the endpoint takes the body as it comes, of any length
/// @param tokenFields in which clients may send their token besides `Authorization`
/// @param refusals how problems look here
/// @param socket takes requests that ask for a WebSocket; empty if there is none here
public record ApiRoute(
    String method,
    PathTemplate path,
    Optional<Role> needed,
    long maxBodyBytes,
    boolean streams,
    List<String> tokenFields,
    ProblemShape refusals,
    ApiEndpoint endpoint,
    Optional<SocketEndpoint> socket) {

  public ApiRoute {
    tokenFields = List.copyOf(tokenFields);
  }

  /// How a problem is answered.
  @FunctionalInterface
  public interface ProblemShape {
    ApiResponse of(Problem problem);
  }

  /// Gets WebSockets. Called on an event loop: must not wait.
  @FunctionalInterface
  public interface SocketEndpoint {

    /// @param isGranted whether its handshake would be let in now: what it came with may lose its
    ///   access while it is open
    void opened(ServerWebSocket socket, BooleanSupplier isGranted);
  }

  /// Open to all, without a body.
  public static ApiRoute open(String method, String template, ApiEndpoint endpoint) {
    return of(method, template, Optional.empty(), endpoint);
  }

  /// Without a body.
  public static ApiRoute of(String method, String template, Role needed, ApiEndpoint endpoint) {
    return of(method, template, Optional.of(needed), endpoint);
  }

  private static ApiRoute of(
      String method, String template, Optional<Role> needed, ApiEndpoint endpoint) {
    return new ApiRoute(
        method,
        PathTemplate.of(template),
        needed,
        0,
        false,
        List.of(),
        ApiResponse::problem,
        endpoint,
        Optional.empty());
  }

  public ApiRoute withBody(long atMostBytes) {
    return new ApiRoute(
        method, path, needed, atMostBytes, false, tokenFields, refusals, endpoint, socket);
  }

  /// The same with a body that the endpoint takes as it comes ([ApiRequest#stream]).
  public ApiRoute streaming() {
    return new ApiRoute(method, path, needed, 0, true, tokenFields, refusals, endpoint, socket);
  }

  /// The same for clients of another system, with its field for tokens and its look of errors.
  public ApiRoute inTheMannerOf(List<String> itsTokenFields, ProblemShape itsProblems) {
    return new ApiRoute(
        method, path, needed, maxBodyBytes, streams, itsTokenFields, itsProblems, endpoint, socket);
  }

  /// The same, also for WebSockets. Scripts of web pages cannot set `Authorization` there: the
  /// token may come as an offered subprotocol, `token.<token>`.
  public ApiRoute withSocket(SocketEndpoint opened) {
    return new ApiRoute(
        method,
        path,
        needed,
        maxBodyBytes,
        streams,
        tokenFields,
        refusals,
        endpoint,
        Optional.of(opened));
  }
}
