package io.forebay.server.api;

import io.forebay.server.access.Role;
import java.util.Optional;

/// One method at one path.
///
/// @param method `GET` also answers `HEAD`
/// @param needed the role it takes; empty if it is open to all
/// @param maxBodyBytes the longest request body; 0 for none
public record ApiRoute(
    String method,
    PathTemplate path,
    Optional<Role> needed,
    long maxBodyBytes,
    ApiEndpoint endpoint) {

  /// Open to all, without a body.
  public static ApiRoute open(String method, String template, ApiEndpoint endpoint) {
    return new ApiRoute(method, PathTemplate.of(template), Optional.empty(), 0, endpoint);
  }

  /// Without a body.
  public static ApiRoute of(String method, String template, Role needed, ApiEndpoint endpoint) {
    return new ApiRoute(method, PathTemplate.of(template), Optional.of(needed), 0, endpoint);
  }

  public ApiRoute withBody(long atMostBytes) {
    return new ApiRoute(method, path, needed, atMostBytes, endpoint);
  }
}
