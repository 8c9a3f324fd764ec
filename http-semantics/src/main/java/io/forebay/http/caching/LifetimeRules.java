package io.forebay.http.caching;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An operator's [LifetimeRule]s of one route.
///
/// Without a rule for its status an error (400 and above) gets none but the general maximum: a
/// transient failure is not to be kept for as long as a page.
///
/// @param general of responses that are no errors
/// @param byStatus of single status codes, in place of the general one
/// @param byClass of all others of a class, by its first digit: 4 for 4xx
public record LifetimeRules(
    LifetimeRule general, Map<Integer, LifetimeRule> byStatus, Map<Integer, LifetimeRule> byClass) {

  public static final LifetimeRules NONE = new LifetimeRules(LifetimeRule.NONE, Map.of(), Map.of());

  public LifetimeRules {
    byStatus = Map.copyOf(byStatus);
    byClass = Map.copyOf(byClass);
  }

  public static LifetimeRules of(LifetimeRule general) {
    return new LifetimeRules(general, Map.of(), Map.of());
  }

  /// What holds for one status code.
  ///
  /// @param isStated whether the operator named the status, or its class; of a window, whether its
  ///   default is for that
  record Applied(LifetimeRule rule, boolean isStated) {}

  Applied forStatus(int status) {
    LifetimeRule stated = stated(status);
    if (stated != null) {
      return new Applied(stated.withMaximumOf(general), true);
    }
    return new Applied(status < 400 ? general : general.onlyMaximum(), false);
  }

  /// The same of a window for stale responses ([StaleRules]).
  Applied forStaleWindow(int status) {
    LifetimeRule stated = stated(status);
    if (stated != null) {
      return new Applied(stated.withMaximumAndUnstatedOf(general), stated.unstated().isPresent());
    }
    return new Applied(status < 400 ? general : general.withoutOverrideAndMinimum(), false);
  }

  private @Nullable LifetimeRule stated(int status) {
    LifetimeRule stated = byStatus.get(status);
    return stated != null ? stated : byClass.get(status / 100);
  }
}
