package io.forebay.http.caching;

import io.forebay.http.FieldSyntax;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// One cache's member of the `Cache-Status` field (RFC 9211).
///
/// @param cache the cache's name, e.g. `forebay`
/// @param hit satisfied without forwarding; then there is no `forward`
/// @param ttl what was left of the freshness lifetime; negative when stale
/// @param key shown only where the operator allows it
/// @param detail text of our own, for people
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
  /// stored`. A key or detail that is not printable ASCII is left out.
  public String fieldValue() {
    StringBuilder out = new StringBuilder(FieldSyntax.isToken(cache) ? cache : quoted(cache));
    if (hit) {
      out.append("; hit");
    }
    forward.ifPresent(reason -> out.append("; fwd=").append(reason.token()));
    forwardStatus.ifPresent(status -> out.append("; fwd-status=").append(status));
    ttl.ifPresent(span -> out.append("; ttl=").append(span.toSeconds()));
    if (stored) {
      out.append("; stored");
    }
    if (collapsed) {
      out.append("; collapsed");
    }
    key.filter(CacheStatus::isPrintable).ifPresent(k -> out.append("; key=").append(quoted(k)));
    detail
        .filter(CacheStatus::isPrintable)
        .ifPresent(text -> out.append("; detail=").append(quoted(text)));
    return out.toString();
  }

  private static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /// RFC 9651 §4.1.6, of printable text.
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
