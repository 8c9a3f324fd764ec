package io.forebay.server.predict;

/// What is believed about how often something changes: a Gamma distribution over the rate of a
/// Poisson process. Seeing `x` changes in `t` seconds turns Gamma(a, b) into Gamma(a + x, b + t);
/// the chance that nothing changes in the next `s` seconds is ((b + t) / (b + t + s))^(a + x), so
/// the span in which a share `p` of the values changes has a closed form. Little knowledge is a
/// broad distribution, and that shortens the span by itself.
///
/// A value that was looked at again after `t` seconds and was different changed at least once, not
/// exactly once: it counts as many changes as are expected of it at the present rate, one step of
/// expectation–maximization for every look (Cho and Garcia-Molina, Estimating Frequency of Change,
/// show how far off plain counting is).
///
/// @param changes the shape, a: (pseudo-)changes
/// @param seconds the rate parameter, b: (pseudo-)seconds in which they were seen; more than zero
public record ChangeRate(double changes, double seconds) {

  /// Standard normal quantiles, for [#quantile].
  public static final double Z_05 = -1.6449;

  public static final double Z_95 = 1.6449;

  /// What a parent's knowledge is worth to its child, in changes.
  private static final double INHERITED_CHANGES = 2;

  /// A belief by which `share` of the values change within the first `ttlSeconds`.
  static ChangeRate prior(double ttlSeconds, double share) {
    return new ChangeRate(1, ttlSeconds / growth(share, 1));
  }

  private static double growth(double share, double changes) {
    return Math.expm1(-Math.log1p(-share) / changes);
  }

  /// Changes a second.
  public double mean() {
    return changes / seconds;
  }

  /// The span, in seconds, in which a share of the values changes.
  double secondsUntil(double share) {
    return seconds * growth(share, changes);
  }

  /// From 0 towards 1: one less the standard deviation in units of the mean.
  public double sureness() {
    return Math.max(0, 1 - 1 / Math.sqrt(changes));
  }

  /// The rate below which it lies with the probability that belongs to `z` (Wilson and Hilferty's
  /// approximation).
  double quantile(double z) {
    double ninth = 1 / (9 * changes);
    double root = Math.max(0, 1 - ninth + z * Math.sqrt(ninth));
    return mean() * root * root * root;
  }

  /// The same belief with no more weight than a child should inherit.
  ChangeRate inherited() {
    double share = Math.min(1, INHERITED_CHANGES / changes);
    return new ChangeRate(changes * share, seconds * share);
  }

  ChangeRate with(double moreChanges, double moreSeconds) {
    return new ChangeRate(changes + moreChanges, seconds + moreSeconds);
  }

  /// How many changes are expected in so many seconds in which there was at least one.
  double expectedIfAny(double span) {
    double usual = mean() * span;
    return usual < 1e-9 ? 1 : usual / -Math.expm1(-usual);
  }
}
