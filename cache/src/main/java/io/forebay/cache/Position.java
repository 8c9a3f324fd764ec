package io.forebay.cache;

/// A place in the invalidation log. Within an epoch, `n` is dense; positions of different epochs
/// are ordered by epoch, and a value loaded in another epoch is never trusted.
public record Position(long epoch, long n) implements Comparable<Position> {

  @Override
  public int compareTo(Position other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(n, other.n);
  }

  /// Text form `epoch-n`.
  @Override
  public String toString() {
    return epoch + "-" + n;
  }
}
