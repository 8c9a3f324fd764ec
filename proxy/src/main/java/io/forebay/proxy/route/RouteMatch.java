package io.forebay.proxy.route;

import io.forebay.http.Glob;
import io.forebay.http.RequestCookies;
import io.forebay.http.RequestHead;
import java.util.List;

/// Which requests a route takes, beside their host and path: all conditions hold.
///
/// @param methods any of these; empty for every method
/// @param headers each has a line whose value matches
/// @param cookies each is there with a value that matches
public record RouteMatch(
    List<String> methods, List<HeaderMatch> headers, List<CookieMatch> cookies) {

  public static final RouteMatch ANY = new RouteMatch(List.of(), List.of(), List.of());

  /// @param value `*` for a field that is there, whatever it says
  public record HeaderMatch(String name, Glob value) {
    boolean matches(RequestHead request) {
      return request.fields().stream()
          .anyMatch(line -> line.isNamed(name) && value.matches(line.value()));
    }
  }

  /// @param value `*` for a cookie that is there, whatever it says
  public record CookieMatch(String name, Glob value) {
    boolean matches(RequestHead request) {
      return RequestCookies.values(request.fields(), name).stream().anyMatch(value::matches);
    }
  }

  public RouteMatch {
    methods = List.copyOf(methods);
    headers = List.copyOf(headers);
    cookies = List.copyOf(cookies);
  }

  /// Whether every request matches, so that host and path alone decide.
  public boolean isAny() {
    return methods.isEmpty() && headers.isEmpty() && cookies.isEmpty();
  }

  boolean matches(RequestHead request) {
    if (!methods.isEmpty() && !methods.contains(request.method())) {
      return false;
    }
    for (HeaderMatch header : headers) {
      if (!header.matches(request)) {
        return false;
      }
    }
    for (CookieMatch cookie : cookies) {
      if (!cookie.matches(request)) {
        return false;
      }
    }
    return true;
  }
}
