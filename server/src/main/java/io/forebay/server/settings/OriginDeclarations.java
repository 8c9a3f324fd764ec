package io.forebay.server.settings;

import static io.forebay.server.settings.CommonTypes.TIMEOUT;
import static io.forebay.server.settings.SettingTypes.choice;
import static io.forebay.server.settings.SettingTypes.duration;
import static io.forebay.server.settings.SettingTypes.hostAndPort;
import static io.forebay.server.settings.SettingTypes.integer;
import static io.forebay.server.settings.SettingTypes.listOf;
import static io.forebay.server.settings.SettingTypes.optional;

import io.forebay.proxy.origin.PoolSettings;
import io.forebay.proxy.origin.PoolSettings.AddressFamily;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How origins are found, protected, and judged to be down: what holds for all pools that do not
/// say otherwise ([PoolDeclarations]).
final class OriginDeclarations {

  private OriginDeclarations() {}

  static final Setting<Long> MAX_REQUESTS_PER_ORIGIN =
      Setting.of(
          "proxy.max_requests_per_origin",
          integer(1, 65_535),
          256L,
          "Requests at one origin at one time, each on a connection of its own over HTTP/1.1;"
              + " further ones wait.");

  static final Setting<Optional<Long>> MAX_FILLS_PER_ORIGIN =
      Setting.of(
          "proxy.max_fills_per_origin",
          optional(integer(1, 65_535)),
          Optional.empty(),
          "Of these, fetches for the cache that other requests may wait for, so that a cold cache"
              + " leaves room for what cannot be cached; without it, three quarters of"
              + " proxy.max_requests_per_origin.");

  static final Setting<Long> MAX_WAITING_REQUESTS =
      Setting.of(
          "proxy.max_waiting_requests",
          integer(0, 1_000_000),
          2_000L,
          "Requests that may wait for the origins of one pool, fetches for the cache and others"
              + " counted apart; more get 503, or a stale page.");

  static final Setting<Duration> WAIT_TIMEOUT =
      Setting.of(
          "proxy.wait_timeout",
          TIMEOUT,
          Duration.ofSeconds(2),
          "How long a request may wait for its turn at an origin; then 503, or a stale page.");

  static final Setting<Long> RETRY_PERCENT =
      Setting.of(
          "proxy.retry_percent",
          integer(0, 100),
          20L,
          "How many of a hundred requests may be sent once more because the first try failed, so"
              + " that an outage does not multiply them; ten a second always may, unless it is 0.");

  static final Setting<Long> DOWN_AFTER_FAILURES =
      Setting.of(
          "proxy.down_after_failures",
          integer(1, 1_000_000),
          5L,
          "An origin is down after so many requests in a row that failed or were answered with 500,"
              + " 502, 503 or 504.");

  static final Setting<Duration> DOWN_FOR =
      Setting.of(
          "proxy.down_for",
          duration(Duration.ofMillis(10), Duration.ofHours(1)),
          Duration.ofSeconds(5),
          "How long an origin that went down is left alone before one request tries it again;"
              + " doubled each time that one fails.");

  static final Setting<Duration> DOWN_FOR_AT_MOST =
      Setting.of(
          "proxy.down_for_at_most",
          duration(Duration.ofMillis(10), Duration.ofDays(1)),
          Duration.ofMinutes(1),
          "How far proxy.down_for is doubled.");

  static final Setting<Long> PANIC_BELOW_PERCENT =
      Setting.of(
          "proxy.panic_below_percent",
          integer(0, 100),
          50L,
          "When fewer than this share of the origins of the priority that gets the requests are up"
              + " and these have no room, those that are down are asked too; when none is up, all"
              + " are.");

  static final Setting<AddressFamily> ADDRESS_FAMILY =
      Setting.of(
          "proxy.address_family",
          choice(AddressFamily.class),
          AddressFamily.IPV4_FIRST,
          "For origins given by name: whether addresses of the other family are asked only while"
              + " none of the first is up, or all alike.");

  static final Setting<Duration> DNS_INTERVAL =
      Setting.of(
          "proxy.dns_interval",
          duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          Duration.ofSeconds(30),
          "Names of origins are looked up again when the answer's time to live is over, and no"
              + " later than this.");

  static final Setting<List<HostAndPort>> DNS_SERVERS =
      Setting.of(
          "proxy.dns_servers",
          listOf(hostAndPort()),
          List.of(),
          "The name servers asked for origins; without any, the system's.");

  static final Setting<Long> MAX_FOLLOWERS =
      Setting.of(
          "proxy.max_followers",
          integer(1, 1_000_000),
          1_000L,
          "Requests that may wait for one fetch of the same page; more get 503, or a stale page, so"
              + " that one slow page does not take all of proxy.max_exchanges.");

  static final Setting<Long> MAX_REFRESHES =
      Setting.of(
          "proxy.max_refreshes",
          integer(1, 100_000),
          100L,
          "Refreshes of stale pages in the background at one time; others are left to a later"
              + " request.");

  /// Of all pools that do not say otherwise.
  static final List<Setting<?>> OF_POOLS =
      List.of(
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
          DNS_INTERVAL);

  /// Of the node.
  static final List<Setting<?>> OF_NODE = List.of(MAX_FOLLOWERS, MAX_REFRESHES, DNS_SERVERS);

  /// What holds for a pool that says nothing of its own.
  static PoolSettings.Limits limits(ResolvedSettings.Values node) {
    long requests = node.get(MAX_REQUESTS_PER_ORIGIN);
    return new PoolSettings.Limits(
        (int) requests,
        node.get(MAX_FILLS_PER_ORIGIN).orElse(usualFills(requests)).intValue(),
        node.get(MAX_WAITING_REQUESTS).intValue(),
        node.get(WAIT_TIMEOUT));
  }

  static long usualFills(long requests) {
    return Math.max(1, requests * 3 / 4);
  }

  static PoolSettings.DownRules downRules(ResolvedSettings.Values node) {
    return new PoolSettings.DownRules(
        node.get(DOWN_AFTER_FAILURES).intValue(),
        node.get(DOWN_FOR),
        node.get(DOWN_FOR_AT_MOST),
        node.get(PANIC_BELOW_PERCENT).intValue());
  }

  static PoolSettings.Finding finding(ResolvedSettings.Values node) {
    return new PoolSettings.Finding(node.get(ADDRESS_FAMILY), node.get(DNS_INTERVAL));
  }
}
