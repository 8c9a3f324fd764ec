package io.forebay.server.pages;

import io.forebay.http.FieldLine;
import io.forebay.http.Glob;
import io.forebay.http.HeaderEdits;
import io.forebay.http.RequestForm;
import io.forebay.http.caching.CachePolicy;
import io.forebay.http.caching.CodingRule;
import io.forebay.http.caching.KeyRule;
import io.forebay.http.caching.LifetimeRule;
import io.forebay.http.caching.LifetimeRules;
import io.forebay.http.caching.QueryRule;
import io.forebay.http.caching.StaleRules;
import io.forebay.http.caching.StoreGuards;
import io.forebay.proxy.coding.ContentCoder;
import io.forebay.proxy.route.RequestGuards;
import io.forebay.proxy.route.RouteMatch;
import io.forebay.proxy.route.RouteRules;
import io.forebay.server.settings.CompressionSettings;
import io.forebay.server.settings.RuleSettings;
import io.forebay.server.settings.ServerSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// The rules of routes, as the settings say them, in the proxy's own terms.
final class RuleMapping {

  private RuleMapping() {}

  static RequestGuards guards(ServerSettings.Guards guards) {
    return new RequestGuards(
        new RequestForm(guards.normalisePaths(), guards.mergeSlashes()), guards.maxKeyBytes());
  }

  static RouteRules rules(RuleSettings rules, ServerSettings.Guards guards) {
    Set<String> unkeyed = new HashSet<>(RouteRules.lowerCase(guards.unkeyedHeaders()));
    unkeyed.removeAll(RouteRules.lowerCase(rules.guards().pass()));
    return new RouteRules(
        match(rules.match()),
        key(rules.key()),
        rules.bypass(),
        unkeyed,
        edits(rules.requestHeaders()),
        edits(rules.responseHeaders()),
        rules.tags(),
        CodingRule.OFF);
  }

  /// With the codings that work on this machine.
  static CodingRule coding(CompressionSettings compression) {
    return new CodingRule(
        compression.codings().stream()
            .filter(ContentCoder::isAvailable)
            .map(ContentCoder::token)
            .toList(),
        compression.types().stream().map(Glob::of).toList(),
        compression.minBytes().bytes());
  }

  private static RouteMatch match(RuleSettings.Match match) {
    List<RouteMatch.HeaderMatch> headers = new ArrayList<>();
    match
        .headers()
        .forEach((name, value) ->
            headers.add(new RouteMatch.HeaderMatch(name, Glob.ignoringCase(value))));
    List<RouteMatch.CookieMatch> cookies = new ArrayList<>();
    match
        .cookies()
        .forEach((name, value) -> cookies.add(new RouteMatch.CookieMatch(name, Glob.of(value))));
    return new RouteMatch(match.methods(), headers, cookies);
  }

  private static KeyRule key(RuleSettings.Key key) {
    QueryRule.Selection selection =
        !key.keep().isEmpty()
            ? QueryRule.Selection.KEEP
            : key.drop().isEmpty() ? QueryRule.Selection.ALL : QueryRule.Selection.DROP;
    List<String> names = key.keep().isEmpty() ? key.drop() : key.keep();
    QueryRule.Sent sent =
        switch (key.send()) {
          case RECEIVED -> QueryRule.Sent.AS_RECEIVED;
          case KEYED -> QueryRule.Sent.AS_KEYED;
        };
    return new KeyRule(
        new QueryRule(selection, names.stream().map(Glob::of).toList(), key.sort(), sent),
        key.headers(),
        key.cookies());
  }

  private static HeaderEdits edits(RuleSettings.Edits edits) {
    return new HeaderEdits(
        edits.remove().stream().map(Glob::ignoringCase).toList(),
        lines(edits.set()),
        lines(edits.add()));
  }

  private static List<FieldLine> lines(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> new FieldLine(field.getKey(), field.getValue()))
        .toList();
  }

  /// The node's policy, as far as the route does not say otherwise.
  static CachePolicy policy(CachePolicy node, RuleSettings rules, ServerSettings.Guards guards) {
    CachePolicy.Builder policy =
        node.toBuilder()
            .lifetimes(lifetimes(rules.lifetime()))
            .staleRules(staleRules(rules.lifetime()))
            .guards(
                new StoreGuards(
                    rules.guards().staticSuffix().orElse(guards.staticSuffix()),
                    rules.guards().ambiguousPaths().orElse(guards.ambiguousPaths())));
    rules.setCookie().map(RuleMapping::setCookie).ifPresent(policy::setCookie);
    return policy.build();
  }

  private static CachePolicy.SetCookie setCookie(RuleSettings.SetCookie choice) {
    return switch (choice) {
      case IF_SHARED -> CachePolicy.SetCookie.STORE_IF_MARKED_SHARED;
      case KEEP -> CachePolicy.SetCookie.STORE;
      case STRIP -> CachePolicy.SetCookie.STRIP;
      case REFUSE -> CachePolicy.SetCookie.DO_NOT_STORE;
    };
  }

  private static LifetimeRules lifetimes(RuleSettings.Lifetime lifetime) {
    return rules(lifetime, RuleSettings.Spans::fresh, spans -> !spans.saysOnlyWindows());
  }

  private static StaleRules staleRules(RuleSettings.Lifetime lifetime) {
    return new StaleRules(
        windows(lifetime, RuleSettings.Spans::staleWhileRevalidate),
        windows(lifetime, RuleSettings.Spans::staleIfError));
  }

  private static LifetimeRules windows(
      RuleSettings.Lifetime lifetime, Function<RuleSettings.Spans, RuleSettings.Bounds> window) {
    return rules(lifetime, window, spans -> !window.apply(spans).equals(RuleSettings.Bounds.NONE));
  }

  /// @param applies whether what a status has of its own stands in place of the general bounds
  private static LifetimeRules rules(
      RuleSettings.Lifetime lifetime,
      Function<RuleSettings.Spans, RuleSettings.Bounds> bounds,
      Predicate<RuleSettings.Spans> applies) {
    Map<Integer, LifetimeRule> byStatus = new HashMap<>();
    Map<Integer, LifetimeRule> byClass = new HashMap<>();
    lifetime
        .byStatus()
        .forEach((status, spans) -> {
          if (applies.test(spans)) {
            LifetimeRule rule = rule(bounds.apply(spans));
            if (status.endsWith("xx")) {
              byClass.put(Integer.parseInt(status.substring(0, 1)), rule);
            } else {
              byStatus.put(Integer.parseInt(status), rule);
            }
          }
        });
    return new LifetimeRules(rule(bounds.apply(lifetime.general())), byStatus, byClass);
  }

  private static LifetimeRule rule(RuleSettings.Bounds bounds) {
    return new LifetimeRule(bounds.override(), bounds.min(), bounds.max(), bounds.unstated());
  }
}
