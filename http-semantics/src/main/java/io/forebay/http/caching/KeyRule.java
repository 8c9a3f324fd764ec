package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.HttpFields;
import io.forebay.http.RequestCookies;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import java.util.List;

/// How a request's [CacheKey] is derived: the one place where that happens, for look-ups, fetches,
/// invalidations and explanations alike. Pure; made once for each route.
///
/// @param headers names, in lower case and alphabetical order, of fields that are part of the key
/// @param cookies names of cookies that are
/// @param route the name of the route whose pages are kept apart from those of others under the
///   same URL; empty if they are not
public record KeyRule(QueryRule query, List<String> headers, List<String> cookies, String route) {

  /// The URL alone, as it is.
  public static final KeyRule PLAIN = new KeyRule(QueryRule.PLAIN, List.of(), List.of());

  /// Longer parts are replaced by their digest.
  private static final int MAX_PARTS_LENGTH = 200;

  /// Before a route's name among the parts.
  static final String ROUTE = "route ";

  /// Before a cookie's.
  static final String COOKIE = "cookie ";

  public KeyRule {
    headers = headers.stream().map(FieldSyntax::lowerCase).distinct().sorted().toList();
    cookies = cookies.stream().distinct().sorted().toList();
  }

  /// Of a route that shares its URLs' pages with others.
  public KeyRule(QueryRule query, List<String> headers, List<String> cookies) {
    this(query, headers, cookies, "");
  }

  /// @param name of the route; empty for none
  public KeyRule ofRoute(String name) {
    return name.equals(route) ? this : new KeyRule(query, headers, cookies, name);
  }

  /// Whether the key is the URL as it is.
  public boolean isPlain() {
    return isOfUrl() && route.isEmpty();
  }

  /// Whether nothing of the request is in the key but its URL, and that as it is.
  public boolean isOfUrl() {
    return query.isPlain() && headers.isEmpty() && cookies.isEmpty();
  }

  /// @param request in its [io.forebay.http.RequestForm], after the route's edits
  public CacheKey keyOf(RequestHead request) {
    String uri = uriOf(TargetUri.of(request)).toString();
    return headers.isEmpty() && cookies.isEmpty() && route.isEmpty()
        ? new CacheKey(uri)
        : new CacheKey(uri, parts(request.fields()));
  }

  /// The URL as it is in the key, whatever the further parts.
  public TargetUri uriOf(TargetUri uri) {
    return query.isPlain()
        ? uri
        : new TargetUri(uri.scheme(), uri.authority(), query.keyed(uri.target()));
  }

  /// Whether a field is part of the key.
  ///
  /// @param name in lower case
  public boolean isKeyed(String name) {
    return headers.contains(name);
  }

  private String parts(HttpFields fields) {
    StringBuilder parts = new StringBuilder();
    if (!route.isEmpty()) {
      parts.append(ROUTE).append(route); // no field has a space in its name
    }
    for (String name : headers) {
      parts.append(parts.isEmpty() ? "" : CacheKey.PARTS).append(name);
      if (fields.contains(name)) {
        parts.append(": ").append(SelectingField.normalised(name, fields));
      }
    }
    for (String name : cookies) {
      parts.append(parts.isEmpty() ? "" : CacheKey.PARTS).append(COOKIE).append(name);
      appendCookie(parts, name, fields);
    }
    boolean isFit = parts.length() <= MAX_PARTS_LENGTH && parts.chars().allMatch(KeyRule::isFit);
    return isFit ? parts.toString() : VariantKey.digest(parts);
  }

  /// Control characters have a meaning around the key.
  private static boolean isFit(int c) {
    return c >= ' ' || c == CacheKey.PARTS;
  }

  /// All values of the cookie in the order sent: of several, one origin takes the first, another
  /// the last.
  private static void appendCookie(StringBuilder parts, String name, HttpFields fields) {
    char before = '=';
    for (String value : RequestCookies.values(fields, name)) {
      parts.append(before).append(value);
      before = ';'; // no value has one
    }
  }
}
