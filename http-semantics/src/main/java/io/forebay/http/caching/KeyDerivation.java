package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import java.util.ArrayList;
import java.util.List;

/// How a request's [CacheKey] came about: what of the request is not in it, or in another form, and
/// what is in it beside the URL. For explanations; [KeyRule#keyOf] is what counts, and is what
/// `key` is.
///
/// @param changes in the order of the URL's parts, then what is added; empty when the key is the
///   URL as it was sent
public record KeyDerivation(CacheKey key, List<Change> changes) {

  /// @param part of the URL, or of the request: `host`, `port`, `path`, `query`, `fragment`,
  ///   `method`, `route`, `header`, `cookie`
  /// @param received as it was sent; empty for what the key has beside the URL
  /// @param inKey what the key has instead; empty when it was dropped
  public record Change(String part, String received, String inKey, String why) {}

  public KeyDerivation {
    changes = List.copyOf(changes);
  }

  /// By the rule that changes nothing, of a request that is decided on as it came.
  public static KeyDerivation of(RequestHead request) {
    return of(request, request.withTarget(request.target().split("#", 2)[0]), KeyRule.PLAIN);
  }

  /// @param received as the client sent it; may have a fragment, which a real one has not
  /// @param decided the same request in the form in which it is decided on
  public static KeyDerivation of(RequestHead received, RequestHead decided, KeyRule rule) {
    List<Change> changes = new ArrayList<>();
    if (received.isHead()) {
      changes.add(new Change("method", "HEAD", "", "HEAD and GET share what is stored"));
    }
    addAuthority(received, changes);
    String target = received.target().split("#", 2)[0];
    addPath(target, decided.target(), changes);
    addQuery(decided.target(), rule.query(), changes);
    int hash = received.target().indexOf('#');
    if (hash >= 0) {
      changes.add(
          new Change(
              "fragment", received.target().substring(hash), "", "fragments stay with the client"));
    }
    CacheKey key = rule.keyOf(decided);
    addParts(key, changes);
    return new KeyDerivation(key, changes);
  }

  private static void addAuthority(RequestHead received, List<Change> changes) {
    String authority = received.authority();
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    String lower = FieldSyntax.lowerCase(host);
    if (!lower.equals(host)) {
      changes.add(new Change("host", host, lower, "hosts have no case"));
    }
    String inKey = TargetUri.of(received).authority();
    if (hasPort && !inKey.equals(lower + authority.substring(colon))) {
      changes.add(
          new Change(
              "port",
              authority.substring(colon),
              "",
              "it is the scheme's default (RFC 9110 §4.2.3)"));
    }
  }

  private static void addPath(String received, String decided, List<Change> changes) {
    String before = path(received);
    String after = path(decided);
    if (!before.equals(after)) {
      changes.add(
          new Change(
              "path", before, after, "paths that mean the same are one, for the origin too"));
    }
  }

  private static void addQuery(String target, QueryRule rule, List<Change> changes) {
    String origin =
        switch (rule.sent()) {
          case AS_RECEIVED -> "; the origin gets it";
          case AS_KEYED -> "; the origin does not get it";
        };
    for (String dropped : rule.dropped(target)) {
      changes.add(new Change("query", dropped, "", "the route leaves it out" + origin));
    }
    String keyed = rule.keyed(target);
    if (rule.sorted() && isReordered(target, keyed, rule)) {
      changes.add(
          new Change(
              "query", query(target), query(keyed), "the route sorts parameters by their names"));
    }
  }

  private static boolean isReordered(String target, String keyed, QueryRule rule) {
    QueryRule unsorted = new QueryRule(rule.selection(), rule.names(), false, rule.sent());
    return !unsorted.keyed(target).equals(keyed);
  }

  private static void addParts(CacheKey key, List<Change> changes) {
    if (key.parts().isEmpty()) {
      return;
    }
    for (String part : key.parts().split(String.valueOf(CacheKey.PARTS), -1)) {
      changes.add(added(part));
    }
  }

  private static Change added(String part) {
    if (part.startsWith(KeyRule.ROUTE)) {
      return new Change(
          "route",
          "",
          part.substring(KeyRule.ROUTE.length()),
          "the route takes requests by more than host and path, so its pages are its own");
    }
    boolean isCookie = part.startsWith(KeyRule.COOKIE);
    return new Change(
        isCookie ? "cookie" : "header",
        "",
        isCookie ? part.substring(KeyRule.COOKIE.length()) : part,
        "the route makes it part of the key");
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  private static String query(String target) {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query);
  }
}
