package io.forebay.server.invalidation;

import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Scope;
import io.forebay.http.TargetUri;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Pages lie under what the rules of their route make of a URL: without `utm_source`, say. So who
/// names a URL means whatever it became, under the rules of today and of before.
///
/// @param of the URLs, as they are in the store, of one URL; the proxy's own rules
public record StoredUrls(Function<TargetUri, Set<String>> of) {

  private static final Pattern URL =
      Pattern.compile("(https?)://([^/?]*)(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /// URLs are stored as they are.
  static final StoredUrls PLAIN = new StoredUrls(_ -> Set.of());

  InvalidationOrder covered(InvalidationOrder order) {
    if (!(order.scope() instanceof Scope.Urls(var urls))) {
      return order;
    }
    Set<String> stored = new LinkedHashSet<>(urls);
    for (String url : urls) {
      Matcher parts = URL.matcher(url);
      if (parts.matches()) {
        stored.addAll(of.apply(TargetUri.of(parts.group(1), parts.group(2), parts.group(3))));
      }
    }
    return new InvalidationOrder(order.cache(), new Scope.Urls(stored), order.mode());
  }
}
