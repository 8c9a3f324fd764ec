package io.forebay.server.forward;

import io.forebay.cache.Invalidation.Mode;
import io.forebay.server.purge.PurgeOrder;
import io.forebay.server.purge.PurgeScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Varnish as its usual recipes set it up: `PURGE` of a URL; `PURGE` with `xkey-purge` or
/// `xkey-softpurge`, tags separated by spaces; `BAN` with expressions in `X-Host`, `X-Url` and
/// `X-Content-Type`. A soft order of anything but tags is hard there.
final class VarnishCalls {

  /// Varnish takes fields of 8 KiB by default.
  private static final int LONGEST_FIELD = 7500;

  private static final String ANY = ".*";

  private VarnishCalls() {}

  static Translation of(PurgeOrder order) {
    return switch (order.scope()) {
      case PurgeScope.Tags(var tags) -> tags(tags, order.mode());
      case PurgeScope.Urls(var urls) ->
          // By host: a Varnish is asked without TLS, whatever its clients speak.
          new Translation.Calls(
              urls.stream()
                  .sorted()
                  .map(url -> url.substring(url.indexOf("://") + 3))
                  .distinct()
                  .map(VarnishCalls::purge)
                  .toList());
      case PurgeScope.Hosts(var hosts) ->
          new Translation.Calls(
              hosts.stream().sorted().map(host -> ban("^" + quoted(host) + "$", ANY)).toList());
      case PurgeScope.UrlPrefixes(var prefixes) ->
          new Translation.Calls(prefixes.stream().sorted().map(VarnishCalls::banPrefix).toList());
      case PurgeScope.UrlPatterns(var patterns) -> patterns(patterns);
      case PurgeScope.Everything() -> new Translation.Calls(List.of(ban(ANY, ANY)));
    };
  }

  private static Translation tags(Collection<String> tags, Mode mode) {
    String name =
        switch (mode) {
          case HARD -> "xkey-purge";
          case SOFT -> "xkey-softpurge";
        };
    List<ForwardCall> calls = new ArrayList<>();
    var value = new StringBuilder();
    for (String tag : tags.stream().sorted().toList()) {
      if (!tag.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        return new Translation.Impossible("a tag with spaces or non-ASCII characters: " + tag);
      }
      if (!value.isEmpty() && value.length() + 1 + tag.length() > LONGEST_FIELD) {
        calls.add(new ForwardCall("PURGE", "", "/", Map.of(name, value.toString()), ""));
        value.setLength(0);
      }
      value.append(value.isEmpty() ? "" : " ").append(tag);
    }
    calls.add(new ForwardCall("PURGE", "", "/", Map.of(name, value.toString()), ""));
    return new Translation.Calls(calls);
  }

  /// @param place a URL without its scheme
  private static ForwardCall purge(String place) {
    int slash = place.indexOf('/');
    return new ForwardCall(
        "PURGE", place.substring(0, slash), place.substring(slash), Map.of(), "");
  }

  private static ForwardCall banPrefix(String prefix) {
    int slash = prefix.indexOf('/');
    return ban(
        "^" + quoted(prefix.substring(0, slash)) + "$", "^" + quoted(prefix.substring(slash)));
  }

  private static Translation patterns(Collection<String> patterns) {
    List<ForwardCall> calls = new ArrayList<>();
    for (String pattern : patterns.stream().sorted().toList()) {
      Optional<ForwardCall> call = banPattern(pattern);
      if (call.isEmpty()) {
        return new Translation.Impossible("a pattern that names no path: " + pattern);
      }
      calls.add(call.get());
    }
    return new Translation.Calls(calls);
  }

  /// A star within the host may stand for a part of the path too, so the ban is then wider than the
  /// pattern: of all hosts that begin like it, and of its path wherever that stands.
  private static Optional<ForwardCall> banPattern(String pattern) {
    int host = pattern.indexOf("://") + 3;
    int path = host < 3 ? -1 : pattern.indexOf('/', host);
    if (path < 0) {
      return Optional.empty();
    }
    String hostGlob = pattern.substring(host, path);
    String url = GlobExpression.of(pattern.substring(path)) + "$";
    int star = hostGlob.indexOf('*');
    return Optional.of(
        star < 0
            ? ban("^" + GlobExpression.of(hostGlob) + "$", "^" + url)
            : ban("^" + GlobExpression.of(hostGlob.substring(0, star)), url));
  }

  private static ForwardCall ban(String host, String url) {
    return new ForwardCall(
        "BAN", "", "/", Map.of("X-Host", host, "X-Url", url, "X-Content-Type", ANY), "");
  }

  /// As an expression that matches it alone.
  private static String quoted(String text) {
    return text.replaceAll("[\\\\.*+?\\[\\](){}^$|]", "\\\\$0");
  }
}
