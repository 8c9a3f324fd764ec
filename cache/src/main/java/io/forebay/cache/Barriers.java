package io.forebay.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The invalidations that are in force, apart from those of single keys: for each tag, prefix,
/// pattern and host, and for everything, the newest position at which it was invalidated, hard and
/// soft apart. A value is covered by a barrier that is newer than the value's load. One number per
/// tag, whatever the number of entries.
///
/// **Generation.** It grows after every change. An entry that was judged valid at the current
/// generation needs no second look, which makes a fresh hit cost one comparison. The reader takes
/// the generation *before* it judges:
///
/// ```
/// reader                               invalidator
/// g = generation (7)
///                                      puts barrier, generation = 8, acknowledges
/// judges (may miss the barrier or not)
/// notes "checked at 7"
/// the next read compares 7 with 8 and judges again
/// ```
///
/// **Bounds.** When there are more tags than `maxBarriers`, or more prefixes, patterns and hosts
/// than `maxKeyBarriers` (each value is held against every one of these), the oldest quarter is
/// dropped and a *floor* rises to the newest position among them: values older than the floor are
/// misses.
///
/// **Retirement.** A barrier is dropped once no value that it covers is left and none can still
/// come; [InvalidationSweep] knows when.
///
/// Thread-safe; judging takes no lock.
final class Barriers {

  /// What the barriers say about a value.
  enum Verdict {
    VALID,
    SOFTLY_INVALIDATED,
    INVALIDATED
  }

  private final int maxBarriers;
  private final int maxKeyBarriers;
  private final Function<Object, String> keyText;
  private final BarrierSet hard = new BarrierSet();
  private final BarrierSet soft = new BarrierSet();
  private volatile @Nullable Position floor;
  private volatile @Nullable Position newest;
  private volatile long generation = 1;
  private volatile long overflows;

  /// @param maxBarriers tags that may have a barrier at one time; at least 1
  /// @param maxKeyBarriers prefixes, patterns and hosts that may have one; at least 1
  /// @param keyText what prefixes and patterns look at
  Barriers(int maxBarriers, int maxKeyBarriers, Function<Object, String> keyText) {
    if (maxBarriers < 1 || maxKeyBarriers < 1) {
      throw new IllegalArgumentException(
          "bounds of barriers must be at least 1, were " + maxBarriers + " and " + maxKeyBarriers);
    }
    this.maxBarriers = maxBarriers;
    this.maxKeyBarriers = maxKeyBarriers;
    this.keyText = keyText;
  }

  /// Others that look at keys in the same way, with nothing raised yet.
  Barriers alone() {
    return new Barriers(Integer.MAX_VALUE, Integer.MAX_VALUE, keyText);
  }

  long generation() {
    return generation;
  }

  /// The newest position that is in force here, and every record of this cache before it too.
  @Nullable Position newest() {
    return newest;
  }

  /// Values whose load began before it are misses: since everything was invalidated there, or for
  /// lack of room for barriers.
  Optional<Position> floor() {
    return Optional.ofNullable(floor);
  }

  /// Times that the floor had to rise for lack of room.
  long overflows() {
    return overflows;
  }

  /// Barriers now, each mode of each tag, prefix, pattern and host for itself.
  int size() {
    return tagCount() + keyCount();
  }

  /// Whether there is nothing to retire.
  boolean isEmpty() {
    return hard.isEmpty() && soft.isEmpty();
  }

  private int tagCount() {
    return hard.tagCount() + soft.tagCount();
  }

  private int keyCount() {
    return hard.keyCount() + soft.keyCount();
  }

  /// Whether anything was invalidated since a load began: a quick no for what was stored lately.
  boolean isAnyNewerThan(Position loadBegan) {
    return isNewer(newest, loadBegan);
  }

  Verdict judge(Position loadBegan, Object key, List<String> tags) {
    if (!isAnyNewerThan(loadBegan)) {
      return Verdict.VALID;
    }
    if (hard.covering(loadBegan, tags, key, keyText) != null) {
      return Verdict.INVALIDATED;
    }
    boolean isSoft = coveringSoft(loadBegan, key, tags) != null;
    // Last: what was not found any more, since the floor had risen over it, is seen here.
    if (isNewer(floor, loadBegan)) {
      return Verdict.INVALIDATED;
    }
    return isSoft ? Verdict.SOFTLY_INVALIDATED : Verdict.VALID;
  }

  /// The newest hard barrier that covers a value, or the floor.
  @Nullable Position coveringHard(Position loadBegan, Object key, List<String> tags) {
    Position covering = hard.covering(loadBegan, tags, key, keyText);
    Position low = floor;
    return covering == null && isNewer(low, loadBegan) ? low : covering;
  }

  /// The newest barrier that covers a key and tags; one that rose to the floor is told as one on
  /// everything.
  Optional<BarrierSnapshot.Raised> newestCovering(Object key, Collection<String> tags) {
    List<BarrierSnapshot.Raised> known = new ArrayList<>();
    hard.addCovering(known, keyText.apply(key), tags, Invalidation.Mode.HARD);
    soft.addCovering(known, keyText.apply(key), tags, Invalidation.Mode.SOFT);
    Position low = floor;
    if (low != null) {
      known.add(new BarrierSnapshot.Raised(low, Invalidation.Mode.HARD, new Scope.Everything()));
    }
    return known.stream().max(Comparator.comparing(BarrierSnapshot.Raised::position));
  }

  /// The newest soft barrier that covers a value.
  @Nullable Position coveringSoft(Position loadBegan, Object key, List<String> tags) {
    return soft.covering(loadBegan, tags, key, keyText);
  }

  private static boolean isNewer(@Nullable Position barrier, Position loadBegan) {
    return barrier != null && barrier.compareTo(loadBegan) > 0;
  }

  /// Puts a barrier in force: when this returns, every judgement heeds it. Positions come in their
  /// order. Does nothing for [Scope.Keys].
  synchronized void raise(Scope scope, Position position, Invalidation.Mode mode) {
    BarrierSet barriers = mode == Invalidation.Mode.HARD ? hard : soft;
    switch (scope) {
      case Scope.Keys _ -> {
        return;
      }
      case Scope.Tags(Set<String> tags) -> raiseTags(barriers, tags, position);
      case Scope.Urls(Set<String> urls) -> raiseTags(barriers, InternalTags.ofUrls(urls), position);
      case Scope.Prefixes _, Scope.Patterns _, Scope.Hosts _ ->
          raiseKeys(barriers, KeyMatcher.of(scope), position);
      case Scope.Everything() -> raiseEverything(position, mode);
    }
    inForce(position);
  }

  private void raiseTags(BarrierSet barriers, Set<String> tags, Position position) {
    for (String tag : tags) {
      barriers.raiseTag(tag, position);
      if (tagCount() > maxBarriers) {
        raiseFloor(hard.tagPositions(), soft.tagPositions());
      }
    }
  }

  private void raiseKeys(BarrierSet barriers, Set<KeyMatcher> matchers, Position position) {
    barriers.raiseKeys(matchers, position);
    if (keyCount() > maxKeyBarriers) {
      raiseFloor(hard.keyPositions(), soft.keyPositions());
    }
  }

  private void raiseEverything(Position position, Invalidation.Mode mode) {
    switch (mode) {
      case HARD -> raiseFloorTo(position);
      case SOFT -> soft.raiseEverything(position);
    }
  }

  /// The floor rises before the barriers that it makes needless fall, so that a judgement in
  /// between, which looks at the floor last, sees one or the other.
  private void raiseFloorTo(Position position) {
    floor = newer(floor, position);
    hard.retireUpTo(position);
    soft.retireUpTo(position);
  }

  private synchronized void inForce(Position position) {
    newest = newer(newest, position);
    generation++;
  }

  /// What was loaded before `position` is a miss from now on.
  synchronized void distrustBefore(Position position) {
    raiseFloorTo(position);
    inForce(position);
  }

  /// Drops barriers that are not newer than `position`: the caller vouches that they cover nothing
  /// any more. Needs no new generation, since no judgement changes.
  synchronized void retire(Position position) {
    hard.retireUpTo(position);
    soft.retireUpTo(position);
  }

  private synchronized void raiseFloor(Collection<Position> ofHard, Collection<Position> ofSoft) {
    List<Position> positions = new ArrayList<>(ofHard.size() + ofSoft.size());
    positions.addAll(ofHard);
    positions.addAll(ofSoft);
    positions.sort(null);
    raiseFloorTo(positions.get(positions.size() / 4));
    overflows++;
  }

  /// What is in force now.
  synchronized BarrierSnapshot snapshot() {
    List<BarrierSnapshot.Raised> raised = new ArrayList<>();
    hard.addTo(raised, Invalidation.Mode.HARD);
    soft.addTo(raised, Invalidation.Mode.SOFT);
    return new BarrierSnapshot(floor(), raised);
  }

  static Position newer(@Nullable Position one, Position other) {
    return one != null && one.compareTo(other) > 0 ? one : other;
  }
}
