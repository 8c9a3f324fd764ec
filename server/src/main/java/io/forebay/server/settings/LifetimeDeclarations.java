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

  static final Setting<Optional<Duration>> WINDOW_OVERRIDE =
      lifetime(
          "override",
          "The window in place of what the response says; never of one that may not be shared or"
              + " served stale.");

  static final Setting<Optional<Duration>> WINDOW_MIN =
      lifetime("min", "A window that the response or a default gives is raised to this.");

  static final Setting<Optional<Duration>> WINDOW_MAX =
      lifetime("max", "Whatever the window comes from, it is cut to this.");

  static final Setting<Optional<Duration>> WINDOW_DEFAULT =
      lifetime("default", "The window of a response that says nothing.");

  static final SettingGroup STALE_WHILE_REVALIDATE =
      window(
          "stale_while_revalidate",
          "How long past its freshness a page is served while it is refreshed; a duration alone is"
              + " the default.");

  static final SettingGroup STALE_IF_ERROR =
      window(
          "stale_if_error",
          "How long past its freshness a page may answer for an origin that fails; a duration alone"
              + " is the default, in place of proxy.stale_if_error.");

  private static SettingGroup window(String name, String sentence) {
    return SettingGroup.section(
            name, List.of(WINDOW_OVERRIDE, WINDOW_MIN, WINDOW_MAX, WINDOW_DEFAULT), sentence)
        .withShorthand(WINDOW_DEFAULT);
  }

  static final SettingGroup BY_STATUS =
      new SettingGroup(
              "by_status",
              Shape.MAP,
              List.of(OVERRIDE, MIN, MAX, DEFAULT, STALE_WHILE_REVALIDATE, STALE_IF_ERROR),
              "Lifetimes and windows by status code, or class of codes such as 5xx; a duration alone is the"
                  + " default of the lifetime. Errors get no lifetime from the rules above, only"
                  + " from these.",
              """
              proxy:
                routes:
                  - name: shop
                    origins: [http://10.0.0.5:8080]
                    lifetime:
                      by_status:
                        404: 10s
                        301: {override: 1h}
                        5xx: {override: 1s, stale_if_error: {max: 0s}}
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
                      stale_if_error: {default: 1d, max: 7d}
              """);

  static RuleSettings.Lifetime read(ResolvedSettings.Values route) {
    ResolvedSettings.Values fields = route.in(LIFETIMES);
    Map<String, RuleSettings.Spans> byStatus = new LinkedHashMap<>();
    for (var item : fields.items(BY_STATUS)) {
      byStatus.put(item.name(), spans(item.fields()));
    }
    return new RuleSettings.Lifetime(spans(fields), byStatus);
  }

  private static RuleSettings.Spans spans(ResolvedSettings.Values fields) {
    return new RuleSettings.Spans(
        new RuleSettings.Bounds(
            fields.get(OVERRIDE), fields.get(MIN), fields.get(MAX), fields.get(DEFAULT)),
        window(fields.in(STALE_WHILE_REVALIDATE)),
        window(fields.in(STALE_IF_ERROR)));
  }

  private static RuleSettings.Bounds window(ResolvedSettings.Values fields) {
    return new RuleSettings.Bounds(
        fields.get(WINDOW_OVERRIDE),
        fields.get(WINDOW_MIN),
        fields.get(WINDOW_MAX),
        fields.get(WINDOW_DEFAULT));
  }

  /// A minimum above its maximum.
  static void check(ResolvedSettings.Item route, List<SettingProblem> problems) {
    route
        .fields()
        .section(LIFETIMES)
        .ifPresent(section -> {
          checkSpans(section, problems);
          section.fields().items(BY_STATUS).forEach(item -> checkSpans(item, problems));
        });
  }

  private static void checkSpans(ResolvedSettings.Item item, List<SettingProblem> problems) {
    checkBounds(item, MIN, MAX, problems);
    for (SettingGroup window : List.of(STALE_WHILE_REVALIDATE, STALE_IF_ERROR)) {
      item.fields()
          .section(window)
          .ifPresent(section -> checkBounds(section, WINDOW_MIN, WINDOW_MAX, problems));
    }
  }

  private static void checkBounds(
      ResolvedSettings.Item item,
      Setting<Optional<Duration>> least,
      Setting<Optional<Duration>> most,
      List<SettingProblem> problems) {
    Optional<Duration> min = item.fields().get(least);
    Optional<Duration> max = item.fields().get(most);
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
              item.fields().origin(least)));
    }
  }
}
