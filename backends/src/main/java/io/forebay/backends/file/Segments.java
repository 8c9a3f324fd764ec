package io.forebay.backends.file;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The segments there are, and what was lost with those that are gone.
///
/// One thread adds and drops, any may look.
final class Segments {

  private final Path folder;
  private final ConcurrentSkipListMap<Integer, TierSegment> byNumber =
      new ConcurrentSkipListMap<>();
  private final AtomicLong dropped = new AtomicLong();
  private volatile long floor;

  Segments(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  @Nullable TierSegment at(int number) {
    return byNumber.get(number);
  }

  Iterable<TierSegment> all() {
    return byNumber.values();
  }

  int count() {
    return byNumber.size();
  }

  /// The number that the next one gets.
  int next() {
    return byNumber.isEmpty() ? 1 : byNumber.lastKey() + 1;
  }

  Optional<TierSegment> newest() {
    return byNumber.isEmpty() ? Optional.empty() : Optional.of(byNumber.lastEntry().getValue());
  }

  void add(TierSegment segment) {
    byNumber.put(segment.number(), segment);
  }

  /// Whether a place is in a segment that is there. Those of before are gone.
  boolean has(long place) {
    return byNumber.containsKey(Place.segment(place));
  }

  long bytes() {
    long sum = 0;
    for (TierSegment segment : byNumber.values()) {
      sum += segment.bytes();
    }
    return sum;
  }

  /// Segments dropped because there was too much.
  long dropped() {
    return dropped.get();
  }

  /// Slots may have been changed up to this version of which nothing is known any more: fills that
  /// began before are refused.
  long floor() {
    return floor;
  }

  void raiseFloor(long version) {
    floor = Math.max(floor, version);
  }

  /// Drops the oldest segment, unless it is the only one. If its file cannot be deleted, the gap in
  /// the numbers behind it tells whoever opens the folder that it is not to be trusted.
  ///
  /// @return whether one was dropped
  boolean dropOldest() {
    if (byNumber.size() < 2) {
      return false;
    }
    TierSegment oldest = byNumber.firstEntry().getValue();
    raiseFloor(oldest.greatestVersion());
    byNumber.remove(oldest.number());
    oldest.delete();
    dropped.incrementAndGet();
    return true;
  }

  /// Drops all that are older than this one: they are not trusted.
  void dropBefore(int number) {
    for (TierSegment segment : byNumber.headMap(number).values()) {
      byNumber.remove(segment.number());
      segment.delete();
    }
  }

  void close() {
    byNumber.values().forEach(TierSegment::close);
  }
}
