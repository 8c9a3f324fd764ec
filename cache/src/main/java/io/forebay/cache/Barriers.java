package io.forebay.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The invalidations of tags, and of everything, that are in force: for each tag the newest
/// position at which it was invalidated, hard and soft apart. A value is covered by a barrier that
/// is newer than the value's load. One number per tag, whatever the number of entries.
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
/// **Bound.** When there are more barriers than `maxBarriers`, the oldest quarter is dropped and a
/// *floor* rises to the newest position among them: values older than the floor are misses.
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
  private final Map<String, Position> hard = new ConcurrentHashMap<>();
  private final Map<String, Position> soft = new ConcurrentHashMap<>();
  private volatile @Nullable Position everythingHard;
  private volatile @Nullable Position everythingSoft;
  private volatile @Nullable Position floor;
  private volatile @Nullable Position newest;
  private volatile long generation = 1;
  private volatile long overflows;

  /// @param maxBarriers tags that may have a barrier at one time; at least 1
  Barriers(int maxBarriers) {
    if (maxBarriers < 1) {
      throw new IllegalArgumentException("maxBarriers must be at least 1, was " + maxBarriers);
    }
    this.maxBarriers = maxBarriers;
  }

  long generation() {
    return generation;
  }

  /// The newest position that is in force here, and every record of this cache before it too.
  @Nullable Position newest() {
    return newest;
  }

  /// Times that the floor had to rise.
  long overflows() {
    return overflows;
  }

  /// Barriers now, each mode of each tag for itself.
  int size() {
    return hard.size() + soft.size();
  }

  Verdict judge(Position loadBegan, List<String> tags) {
    if (isCoveredHard(loadBegan, tags)) {
      return Verdict.INVALIDATED;
    }
    return isCoveredSoft(loadBegan, tags) ? Verdict.SOFTLY_INVALIDATED : Verdict.VALID;
  }

  private boolean isCoveredHard(Position loadBegan, List<String> tags) {
    return isNewer(floor, loadBegan)
        || isNewer(everythingHard, loadBegan)
        || isAnyNewer(hard, tags, loadBegan);
  }

  private boolean isCoveredSoft(Position loadBegan, List<String> tags) {
    return isNewer(everythingSoft, loadBegan) || isAnyNewer(soft, tags, loadBegan);
  }

  /// The newest barrier on one of these tags or on everything; one that rose to the floor is told
  /// as one on everything.
  Optional<Invalidation> newestCovering(Collection<String> tags) {
    List<Invalidation> known = new ArrayList<>();
    note(known, everythingHard, new Scope.Everything(), Invalidation.Mode.HARD);
    note(known, everythingSoft, new Scope.Everything(), Invalidation.Mode.SOFT);
    note(known, floor, new Scope.Everything(), Invalidation.Mode.HARD);
    for (String tag : tags) {
      note(known, hard.get(tag), new Scope.Tags(Set.of(tag)), Invalidation.Mode.HARD);
      note(known, soft.get(tag), new Scope.Tags(Set.of(tag)), Invalidation.Mode.SOFT);
    }
    return known.stream().max(Comparator.comparing(Invalidation::position));
  }

  private static void note(
      List<Invalidation> known, @Nullable Position position, Scope scope, Invalidation.Mode mode) {
    if (position != null) {
      known.add(new Invalidation(position, scope, mode));
    }
  }

  private static boolean isAnyNewer(
      Map<String, Position> barriers, List<String> tags, Position loadBegan) {
    for (int i = 0; i < tags.size(); i++) {
      if (isNewer(barriers.get(tags.get(i)), loadBegan)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNewer(@Nullable Position barrier, Position loadBegan) {
    return barrier != null && barrier.compareTo(loadBegan) > 0;
  }

  /// Puts barriers in force: when this returns, every judgement heeds them. Positions come in their
  /// order.
  synchronized void raise(Collection<String> tags, Position position, Invalidation.Mode mode) {
    Map<String, Position> barriers = mode == Invalidation.Mode.HARD ? hard : soft;
    for (String tag : tags) {
      barriers.merge(tag, position, Barriers::newer);
      if (size() > maxBarriers) {
        raiseFloor();
      }
    }
    newest = newer(newest, position);
    generation++;
  }

  /// As [#raise], for the whole cache.
  synchronized void raiseEverything(Position position, Invalidation.Mode mode) {
    if (mode == Invalidation.Mode.HARD) {
      everythingHard = newer(everythingHard, position);
      retireUpTo(hard, position); // covered by the greater one; soft ones are hidden by it too
      retireUpTo(soft, position);
    } else {
      everythingSoft = newer(everythingSoft, position);
    }
    newest = newer(newest, position);
    generation++;
  }

  /// Drops barriers that are not newer than `position`: the caller vouches that they cover nothing
  /// any more. Needs no new generation, since no judgement changes.
  synchronized void retire(Position position) {
    retireUpTo(hard, position);
    retireUpTo(soft, position);
  }

  /// The floor rises before barriers fall, so that a judgement in between sees one or the other.
  private synchronized void raiseFloor() {
    List<Position> positions = new ArrayList<>(size());
    positions.addAll(hard.values());
    positions.addAll(soft.values());
    positions.sort(null);
    Position rise = positions.get(positions.size() / 4);
    floor = newer(floor, rise);
    retireUpTo(hard, rise);
    retireUpTo(soft, rise);
    overflows++;
  }

  private static void retireUpTo(Map<String, Position> barriers, Position position) {
    barriers.values().removeIf(barrier -> barrier.compareTo(position) <= 0);
  }

  private static Position newer(@Nullable Position one, Position other) {
    return one != null && one.compareTo(other) > 0 ? one : other;
  }
}
