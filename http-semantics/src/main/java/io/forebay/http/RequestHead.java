package io.forebay.http;

/// A request's control data and header section (RFC 9110 §6.2).
///
/// @param method as received, case-sensitive (RFC 9110 §9.1)
/// @param scheme `http` or `https`, lower case
/// @param authority host and optional port as received, from `:authority`, the absolute form or
///   `Host`
/// @param target path and query as received, e.g. `/a?b=c`; `*` for `OPTIONS *`
public record RequestHead(
    String method, String scheme, String authority, String target, HttpFields fields) {

  public boolean isGet() {
    return method.equals("GET");
  }

  public boolean isHead() {
    return method.equals("HEAD");
  }

  /// Safe methods change nothing at the origin (RFC 9110 §9.2.1); an unknown one is not safe.
  public boolean isSafe() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }

  public RequestHead withMethod(String newMethod) {
    return new RequestHead(newMethod, scheme, authority, target, fields);
  }

  /// E.g. with [TargetUri#normalisedTarget].
  public RequestHead withTarget(String newTarget) {
    return new RequestHead(method, scheme, authority, newTarget, fields);
  }

  public RequestHead withFields(HttpFields newFields) {
    return new RequestHead(method, scheme, authority, target, newFields);
  }
}
