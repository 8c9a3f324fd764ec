package io.forebay.proxy.origin;

/// An origin and its part of a pool's requests.
///
/// @param weight how many requests it gets for each one that an origin of weight 1 gets; 1 to 65535
/// @param priority those of a higher number get requests only while none of a lower number is up
public record ListedOrigin(Origin origin, int weight, int priority) {

  /// An origin with the usual part.
  public static ListedOrigin of(Origin origin) {
    return new ListedOrigin(origin, 1, 1);
  }

  ListedOrigin at(String address) {
    return new ListedOrigin(origin.at(address), weight, priority);
  }

  ListedOrigin withPriority(int other) {
    return new ListedOrigin(origin, weight, other);
  }

  /// As [OriginSource#read] reads it; what is usual is left out.
  @Override
  public String toString() {
    return origin
        + (weight == 1 ? "" : " weight=" + weight)
        + (priority == 1 ? "" : " priority=" + priority);
  }
}
