package io.forebay.http.caching;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// One cache's member of the `Cache-Status` field (RFC 9211).
///
/// @param cache the cache's name, e.g. `forebay`
/// @param hit satisfied without forwarding; then there is no `forward`
/// @param ttl what was left of the freshness lifetime; negative when stale
/// @param key shown only where the operator allows it
/// @param detail a token or text of our own
public record CacheStatus(
    String cache,
    boolean hit,
    Optional<ForwardReason> forward,
    OptionalInt forwardStatus,
    Optional<Duration> ttl,
    boolean stored,
    boolean collapsed,
    Optional<String> key,
    Optional<String> detail) {

  public static CacheStatus hit(String cache, Duration ttl) {
    return new CacheStatus(
        cache,
        true,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.of(ttl),
        false,
        false,
        Optional.empty(),
        Optional.empty());
  }

  public static CacheStatus forwarded(String cache, ForwardReason reason) {
    return new CacheStatus(
        cache,
        false,
        Optional.of(reason),
        OptionalInt.empty(),
        Optional.empty(),
        false,
        false,
        Optional.empty(),
        Optional.empty());
  }

  public CacheStatus withForwardStatus(int status) {
    return new CacheStatus(
        cache, hit, forward, OptionalInt.of(status), ttl, stored, collapsed, key, detail);
  }

  public CacheStatus withTtl(Duration newTtl) {
    return new CacheStatus(
        cache, hit, forward, forwardStatus, Optional.of(newTtl), stored, collapsed, key, detail);
  }

  public CacheStatus asStored() {
    return new CacheStatus(cache, hit, forward, forwardStatus, ttl, true, collapsed, key, detail);
  }

  public CacheStatus asCollapsed() {
    return new CacheStatus(cache, hit, forward, forwardStatus, ttl, stored, true, key, detail);
  }

  public CacheStatus withKey(String newKey) {
    return new CacheStatus(
        cache, hit, forward, forwardStatus, ttl, stored, collapsed, Optional.of(newKey), detail);
  }

  public CacheStatus withDetail(String newDetail) {
    return new CacheStatus(
        cache, hit, forward, forwardStatus, ttl, stored, collapsed, key, Optional.of(newDetail));
  }

  /// The member as it is appended to the field, e.g. `forebay; fwd=uri-miss; fwd-status=200;
  /// stored`.
  public String fieldValue() {
    return io.forebay.http.Sketch.notYet("CacheStatus");
  }
}
