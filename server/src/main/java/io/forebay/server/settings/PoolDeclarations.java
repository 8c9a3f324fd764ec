package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.OriginTypes.originSource;
import static io.forebay.server.settings.OriginTypes.statusRange;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.optional;
import static io.forebay.server.settings.SettingTypes.text;

import io.forebay.proxy.origin.CheckSettings;
import io.forebay.proxy.origin.CheckSettings.StatusRange;
import io.forebay.proxy.origin.OriginSource;
import io.forebay.proxy.origin.PoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Named pools of origins, for routes that want more than a list.
final class PoolDeclarations {

  private PoolDeclarations() {}

  static final Setting<List<OriginSource>> ORIGINS =
      Setting.required(
          "origins",
          listOf(originSource()),
          "The servers that answer; addresses, names, srv+http://NAME or file:PATH, addresses and"
              + " names perhaps with weight=N or priority=N.");

  static final Setting<Optional<String>> CHECK_PATH =
      Setting.of(
          "check_path",
          optional(
              text(
                  "a path that begins with /, such as /healthz",
                  Pattern.compile("/[!-~]{0,2047}"))),
          Optional.empty(),
          "What each origin is asked for to see whether it is well; without it, requests alone"
              + " show that.");

  static final Setting<Optional<String>> CHECK_HOST =
      Setting.of(
          "check_host",
          optional(text("a host, such as shop.example.org", Pattern.compile("[!-~]{1,300}"))),
          Optional.empty(),
          "The Host field of checks; without it, the origin's own.");

  static final Setting<Duration> CHECK_INTERVAL =
      Setting.of(
          "check_interval",
          duration(Duration.ofMillis(100), Duration.ofHours(1)),
          Duration.ofSeconds(5),
          "How often each origin is checked.");

  static final Setting<Duration> CHECK_TIMEOUT =
      Setting.of(
          "check_timeout",
          TIMEOUT,
          Duration.ofSeconds(2),
          "How long connection and answer of a check may take, each.");

  static final Setting<List<StatusRange>> CHECK_STATUS =
      Setting.of(
          "check_status",
          listOf(statusRange()),
          List.of(new StatusRange(200, 299)),
          "The status codes that show an origin to be well.");

  static final Setting<Long> UP_AFTER_CHECKS =
      Setting.of(
          "up_after_checks",
          integer(1, 1_000),
          2L,
          "An origin that is down comes back after so many good checks in a row.");

  static final Setting<Long> DOWN_AFTER_CHECKS =
      Setting.of(
          "down_after_checks",
          integer(1, 1_000),
          3L,
          "An origin is down after so many bad checks in a row.");

  static final Setting<Optional<Long>> MAX_REQUESTS_PER_ORIGIN =
      ofPool(OriginDeclarations.MAX_REQUESTS_PER_ORIGIN);
  static final Setting<Optional<Long>> MAX_FILLS_PER_ORIGIN =
      Setting.of(
          "max_fills_per_origin",
          OriginDeclarations.MAX_FILLS_PER_ORIGIN.type(),
          Optional.empty(),
          "As proxy.max_fills_per_origin, for this pool.");
  static final Setting<Optional<Long>> MAX_WAITING_REQUESTS =
      ofPool(OriginDeclarations.MAX_WAITING_REQUESTS);
  static final Setting<Optional<Duration>> WAIT_TIMEOUT = ofPool(OriginDeclarations.WAIT_TIMEOUT);
  static final Setting<Optional<Long>> RETRY_PERCENT = ofPool(OriginDeclarations.RETRY_PERCENT);
  static final Setting<Optional<Long>> DOWN_AFTER_FAILURES =
      ofPool(OriginDeclarations.DOWN_AFTER_FAILURES);
  static final Setting<Optional<Duration>> DOWN_FOR = ofPool(OriginDeclarations.DOWN_FOR);
  static final Setting<Optional<Duration>> DOWN_FOR_AT_MOST =
      ofPool(OriginDeclarations.DOWN_FOR_AT_MOST);
  static final Setting<Optional<Long>> PANIC_BELOW_PERCENT =
      ofPool(OriginDeclarations.PANIC_BELOW_PERCENT);
  static final Setting<Optional<PoolSettings.AddressFamily>> ADDRESS_FAMILY =
      ofPool(OriginDeclarations.ADDRESS_FAMILY);
  static final Setting<Optional<Duration>> DNS_INTERVAL = ofPool(OriginDeclarations.DNS_INTERVAL);

  private static <T> Setting<Optional<T>> ofPool(Setting<T> ofNode) {
    return Setting.of(
        ofNode.name().substring("proxy.".length()),
        optional(ofNode.type()),
        Optional.empty(),
        "As " + ofNode.name() + ", for this pool.");
  }

  /// What means nothing without [#CHECK_PATH].
  static final List<Setting<?>> OF_CHECKS =
      List.of(
          CHECK_HOST,
          CHECK_INTERVAL,
          CHECK_TIMEOUT,
          CHECK_STATUS,
          UP_AFTER_CHECKS,
          DOWN_AFTER_CHECKS);

  static final SettingGroup PROXY_POOLS =
      new SettingGroup(
          "proxy.pools",
          SettingGroup.Shape.MAP,
          List.of(
              ORIGINS,
              CHECK_PATH,
              CHECK_HOST,
              CHECK_INTERVAL,
              CHECK_TIMEOUT,
              CHECK_STATUS,
              UP_AFTER_CHECKS,
              DOWN_AFTER_CHECKS,
              MAX_REQUESTS_PER_ORIGIN,
              MAX_FILLS_PER_ORIGIN,
              MAX_WAITING_REQUESTS,
              WAIT_TIMEOUT,
              RETRY_PERCENT,
              DOWN_AFTER_FAILURES,
              DOWN_FOR,
              DOWN_FOR_AT_MOST,
              PANIC_BELOW_PERCENT,
              ADDRESS_FAMILY,
              DNS_INTERVAL),
          "Named pools of origins, for routes that need more than a list: checks, or limits of"
              + " their own.",
          """
          proxy:
            pools:
              app:
                origins:
                  - http://10.0.0.5:8080 weight=3
                  - http://10.0.0.6:8080
                  - http://10.9.0.5:8080 priority=2
                check_path: /healthz
                max_requests_per_origin: 50
            routes:
              - name: shop
                pool: app
          """);

  /// The pool of these origins, with what holds for all.
  static PoolSettings plain(String name, List<OriginSource> origins, ResolvedSettings.Values node) {
    return new PoolSettings(
        name,
        origins,
        OriginDeclarations.limits(node),
        OriginDeclarations.downRules(node),
        Optional.empty(),
        node.get(OriginDeclarations.RETRY_PERCENT).intValue(),
        OriginDeclarations.finding(node));
  }

  static PoolSettings read(ResolvedSettings.Item item, ResolvedSettings.Values node) {
    ResolvedSettings.Values fields = item.fields();
    return new PoolSettings(
        item.name(),
        fields.get(ORIGINS),
        limits(fields, node),
        downRules(fields, node),
        check(fields),
        fields.get(RETRY_PERCENT).orElse(node.get(OriginDeclarations.RETRY_PERCENT)).intValue(),
        new PoolSettings.Finding(
            fields.get(ADDRESS_FAMILY).orElse(node.get(OriginDeclarations.ADDRESS_FAMILY)),
            fields.get(DNS_INTERVAL).orElse(node.get(OriginDeclarations.DNS_INTERVAL))));
  }

  private static PoolSettings.Limits limits(
      ResolvedSettings.Values fields, ResolvedSettings.Values node) {
    PoolSettings.Limits usual = OriginDeclarations.limits(node);
    Optional<Long> requests = fields.get(MAX_REQUESTS_PER_ORIGIN);
    long usualFills =
        requests.map(OriginDeclarations::usualFills).orElse((long) usual.fillsPerOrigin());
    return new PoolSettings.Limits(
        requests.map(Long::intValue).orElse(usual.requestsPerOrigin()),
        fields.get(MAX_FILLS_PER_ORIGIN).orElse(usualFills).intValue(),
        fields.get(MAX_WAITING_REQUESTS).map(Long::intValue).orElse(usual.waiting()),
        fields.get(WAIT_TIMEOUT).orElse(usual.patience()));
  }

  private static PoolSettings.DownRules downRules(
      ResolvedSettings.Values fields, ResolvedSettings.Values node) {
    PoolSettings.DownRules usual = OriginDeclarations.downRules(node);
    return new PoolSettings.DownRules(
        fields.get(DOWN_AFTER_FAILURES).map(Long::intValue).orElse(usual.afterFailures()),
        fields.get(DOWN_FOR).orElse(usual.first()),
        fields.get(DOWN_FOR_AT_MOST).orElse(usual.longest()),
        fields.get(PANIC_BELOW_PERCENT).map(Long::intValue).orElse(usual.panicBelowPercent()));
  }

  private static Optional<CheckSettings> check(ResolvedSettings.Values fields) {
    return fields
        .get(CHECK_PATH)
        .map(path ->
            new CheckSettings(
                path,
                fields.get(CHECK_HOST),
                fields.get(CHECK_INTERVAL),
                fields.get(CHECK_TIMEOUT),
                fields.get(CHECK_STATUS),
                fields.get(UP_AFTER_CHECKS).intValue(),
                fields.get(DOWN_AFTER_CHECKS).intValue()));
  }
}
