package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import io.forebay.http.RequestHead;
import io.forebay.http.TargetUri;
import java.util.ArrayList;
import java.util.List;

/// How a request's [CacheKey] came about: what of the request is not in it, or in another form. For
/// explanations; [CacheKey#of(RequestHead)] is what counts, and is what `key` is.
///
/// @param changes in the order of the URL's parts; empty when the key is the URL as it was sent
public record KeyDerivation(CacheKey key, List<Change> changes) {

  /// @param part of the URL, or of the request: `host`, `port`, `fragment`, `method`
  /// @param received as it was sent
  /// @param inKey what the key has instead; empty when it was dropped
  public record Change(String part, String received, String inKey, String why) {}

  public KeyDerivation {
    changes = List.copyOf(changes);
  }

  public static KeyDerivation of(RequestHead request) {
    TargetUri uri = TargetUri.of(request);
    List<Change> changes = new ArrayList<>();
    if (request.isHead()) {
      changes.add(new Change("method", "HEAD", "", "HEAD and GET share what is stored"));
    }
    String authority = request.authority();
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    String lower = FieldSyntax.lowerCase(host);
    if (!lower.equals(host)) {
      changes.add(new Change("host", host, lower, "hosts have no case"));
    }
    if (hasPort && !uri.authority().equals(lower + authority.substring(colon))) {
      changes.add(
          new Change(
              "port",
              authority.substring(colon),
              "",
              "it is the scheme's default (RFC 9110 §4.2.3)"));
    }
    int hash = request.target().indexOf('#');
    if (hash >= 0) {
      changes.add(
          new Change(
              "fragment", request.target().substring(hash), "", "fragments stay with the client"));
    }
    return new KeyDerivation(CacheKey.of(uri), changes);
  }
}
