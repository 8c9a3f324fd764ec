package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.LIFETIME;
import static io.forebay.server.settings.SettingTypes.optional;

import io.forebay.server.settings.SettingGroup.ItemNames;
import io.forebay.server.settings.SettingGroup.Shape;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How long a route's responses are fresh, and stale but of use.
final class LifetimeDeclarations {

  private LifetimeDeclarations() {}

  private static Setting<Optional<Duration>> lifetime(String name, String sentence) {
    return Setting.of(name, optional(LIFETIME), Optional.empty(), sentence);
  }

  static final Setting<Optional<Duration>> OVERRIDE =
      lifetime(
          "override",
          "The freshness lifetime in place of what the response says; never of one that may not be"
              + " shared, says no-cache, or is an error.");

  static final Setting<Optional<Duration>> MIN =
      lifetime("min", "What the response says is raised to this.");

  static final Setting<Optional<Duration>> MAX =
      lifetime("max", "Whatever the lifetime comes from, it is cut to this.");

  static final Setting<Optional<Duration>> DEFAULT =
      lifetime("default", "The freshness lifetime of a response that says nothing.");

  static final Setting<Optional<Duration>> STALE_WHILE_REVALIDATE =
      lifetime(
          "stale_while_revalidate",
          "How long past its freshness a page is served while it is refreshed, when the page itself"
              + " does not say.");

  static final Setting<Optional<Duration>> STALE_IF_ERROR =
      lifetime("stale_if_error", "As proxy.stale_if_error, for this route.");

  static final SettingGroup BY_STATUS =
      new SettingGroup(
              "by_status",
              Shape.MAP,
              List.of(OVERRIDE, MIN, MAX, DEFAULT),
              "Lifetimes by status code, or class of codes such as 5xx; a duration alone is the"
                  + " default. Errors get no lifetime from the rules above, only from these.",
              """
              proxy:
                routes:
                  - name: shop
                    origins: [http://10.0.0.5:8080]
                    lifetime:
                      by_status:
                        404: 10s
                        301: {override: 1h}
                        5xx: {override: 1s}
              """)
          .named(
              new ItemNames(
                  "a status code such as 404, or a class such as 5xx",
                  Pattern.compile("[2-5](\\d\\d|xx)")))
          .withShorthand(DEFAULT);

  static final SettingGroup LIFETIMES =
      SettingGroup.section(
              "lifetime",
              List.of(
                  OVERRIDE, MIN, MAX, DEFAULT, STALE_WHILE_REVALIDATE, STALE_IF_ERROR, BY_STATUS),
              "How long responses are fresh, where they may be stored at all (RFC 9111 §3 decides"
                  + " that first).")
          .withExample(
              """
              proxy:
                routes:
                  - name: news
                    origins: [http://10.0.0.5:8080]
                    lifetime:
                      min: 5s
                      max: 1h
                      default: 1m
                      stale_while_revalidate: 30s
                      stale_if_error: 1d
              """);

  static RuleSettings.Lifetime read(ResolvedSettings.Values route) {
    ResolvedSettings.Values fields = route.in(LIFETIMES);
    Map<String, RuleSettings.Bounds> byStatus = new LinkedHashMap<>();
    for (var item : fields.items(BY_STATUS)) {
      byStatus.put(item.name(), bounds(item.fields()));
    }
    return new RuleSettings.Lifetime(
        bounds(fields), byStatus, fields.get(STALE_WHILE_REVALIDATE), fields.get(STALE_IF_ERROR));
  }

  /// A minimum above its maximum.
  static void check(ResolvedSettings.Item route, List<SettingProblem> problems) {
    route
        .fields()
        .section(LIFETIMES)
        .ifPresent(section -> {
          checkBounds(section, problems);
          section.fields().items(BY_STATUS).forEach(item -> checkBounds(item, problems));
        });
  }

  private static void checkBounds(ResolvedSettings.Item item, List<SettingProblem> problems) {
    Optional<Duration> min = item.fields().get(MIN);
    Optional<Duration> max = item.fields().get(MAX);
    if (min.isPresent() && max.isPresent() && min.get().compareTo(max.get()) > 0) {
      String path = item.path() + ".min";
      problems.add(
          new SettingProblem(
              path,
              path
                  + " is "
                  + Durations.render(min.get())
                  + ", more than max, "
                  + Durations.render(max.get()),
              item.fields().origin(MIN)));
    }
  }

  private static RuleSettings.Bounds bounds(ResolvedSettings.Values fields) {
    return new RuleSettings.Bounds(
        fields.get(OVERRIDE), fields.get(MIN), fields.get(MAX), fields.get(DEFAULT));
  }
}
