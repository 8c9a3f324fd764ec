package io.forebay.proxy.origin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Origins that answer the same requests, and what holds for them.
///
/// @param name for logs, metrics and `/v1/origins`; one pool for each name
/// @param sources at least one
/// @param check empty: requests alone show which origins are up
/// @param retryPercent how many requests may be sent once more, for each hundred; 0: none
public record PoolSettings(
    String name,
    List<OriginSource> sources,
    Limits limits,
    DownRules down,
    Optional<CheckSettings> check,
    int retryPercent,
    Finding finding) {

  public PoolSettings {
    sources = List.copyOf(sources);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("a pool needs an origin, " + name + " has none");
    }
  }

  /// Known origins, and what is usual for the rest.
  public static PoolSettings of(String name, List<Origin> origins) {
    return new PoolSettings(
        name,
        origins.stream()
            .<OriginSource>map(origin -> new OriginSource.Listed(ListedOrigin.of(origin)))
            .toList(),
        Limits.USUAL,
        DownRules.USUAL,
        Optional.empty(),
        20,
        Finding.USUAL);
  }

  public PoolSettings with(Limits others) {
    return new PoolSettings(name, sources, others, down, check, retryPercent, finding);
  }

  public PoolSettings with(DownRules others) {
    return new PoolSettings(name, sources, limits, others, check, retryPercent, finding);
  }

  public PoolSettings with(CheckSettings other) {
    return new PoolSettings(name, sources, limits, down, Optional.of(other), retryPercent, finding);
  }

  /// What protects origins from too much at once.
  ///
  /// @param requestsPerOrigin under way at one time
  /// @param fillsPerOrigin of these, fetches for the cache that others may wait for; so a cold
  ///   cache leaves room for what cannot be cached
  /// @param waiting for their turn: so many fills, and so many others
  /// @param patience how long for
  public record Limits(int requestsPerOrigin, int fillsPerOrigin, int waiting, Duration patience) {
    public static final Limits USUAL = new Limits(256, 192, 2_048, Duration.ofSeconds(2));
  }

  /// When an origin counts as down.
  ///
  /// @param afterFailures one after another, with no success between them
  /// @param first how long it is then left alone
  /// @param longest it doubles up to this while the origin does not recover
  /// @param panicBelowPercent when fewer than this share are up and these have no room, the others
  ///   are asked too
  public record DownRules(
      int afterFailures, Duration first, Duration longest, int panicBelowPercent) {
    public static final DownRules USUAL =
        new DownRules(5, Duration.ofSeconds(5), Duration.ofMinutes(1), 50);
  }

  /// How a source's origins are looked for.
  ///
  /// @param interval names are looked up again after their time to live, and no later than this
  public record Finding(AddressFamily family, Duration interval) {
    public static final Finding USUAL =
        new Finding(AddressFamily.IPV4_FIRST, Duration.ofSeconds(30));
  }

  /// What becomes of the addresses of a name that has both sorts.
  public enum AddressFamily {
    /// IPv6 addresses get requests only while none of the IPv4 addresses is up.
    IPV4_FIRST,
    IPV6_FIRST,
    /// All of them are equal.
    ANY
  }
}
