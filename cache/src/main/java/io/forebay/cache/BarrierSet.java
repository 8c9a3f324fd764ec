package io.forebay.cache;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The barriers of one mode, hard or soft: for each tag, and for each prefix, pattern and host, the
/// newest position at which it was invalidated.
///
/// Looking is for any thread; changing is for the [Barriers] it belongs to.
final class BarrierSet {

  /// A barrier that looks at keys.
  private record KeyBarrier(KeyMatcher matcher, Position position) {}

  private final Map<String, Position> tags = new ConcurrentHashMap<>();

  /// Newest first, so that looking ends at the first that is too old to matter.
  private volatile List<KeyBarrier> keys = List.of();

  private volatile @Nullable Position everything;

  int tagCount() {
    return tags.size();
  }

  int keyCount() {
    return keys.size();
  }

  /// The newest barrier that covers a value; null if none does. Cheap questions first.
  ///
  /// @param text gives the key's text; asked only if a barrier that looks at keys is new enough
  @Nullable Position covering(
      Position loadBegan, List<String> tagsOfValue, Object key, Function<Object, String> text) {
    Position newest = newerOf(null, everything, loadBegan);
    for (int i = 0; i < tagsOfValue.size(); i++) {
      newest = newerOf(newest, tags.get(tagsOfValue.get(i)), loadBegan);
    }
    List<KeyBarrier> present = keys;
    return present.isEmpty() ? newest : coveringKey(present, newest, loadBegan, text.apply(key));
  }

  private static @Nullable Position coveringKey(
      List<KeyBarrier> keys, @Nullable Position otherwise, Position loadBegan, String text) {
    Position least = otherwise != null ? otherwise : loadBegan;
    for (KeyBarrier barrier : keys) {
      if (barrier.position.compareTo(least) <= 0) {
        return otherwise;
      }
      if (barrier.matcher.matches(text)) {
        return barrier.position;
      }
    }
    return otherwise;
  }

  private static @Nullable Position newerOf(
      @Nullable Position best, @Nullable Position barrier, Position loadBegan) {
    return barrier != null && barrier.compareTo(best != null ? best : loadBegan) > 0
        ? barrier
        : best;
  }

  /// All barriers that cover a key and tags, however old.
  void addCovering(
      List<BarrierSnapshot.Raised> known,
      String text,
      Collection<String> tagsOfValue,
      Invalidation.Mode mode) {
    Position all = everything;
    if (all != null) {
      known.add(new BarrierSnapshot.Raised(all, mode, new Scope.Everything()));
    }
    for (String tag : tagsOfValue) {
      Position position = tags.get(tag);
      if (position != null) {
        known.add(new BarrierSnapshot.Raised(position, mode, new Scope.Tags(Set.of(tag))));
      }
    }
    for (KeyBarrier barrier : keys) {
      if (barrier.matcher.matches(text)) {
        known.add(new BarrierSnapshot.Raised(barrier.position, mode, barrier.matcher.scope()));
      }
    }
  }

  // ---- changing

  void raiseTag(String tag, Position position) {
    tags.merge(tag, position, Barriers::newer);
  }

  void raiseEverything(Position position) {
    everything = Barriers.newer(everything, position);
  }

  void raiseKeys(Set<KeyMatcher> matchers, Position position) {
    Map<KeyMatcher, Position> changed = HashMap.newHashMap(keys.size() + matchers.size());
    keys.forEach(barrier -> changed.put(barrier.matcher, barrier.position));
    matchers.forEach(matcher -> changed.merge(matcher, position, Barriers::newer));
    keys =
        changed.entrySet().stream()
            .map(entry -> new KeyBarrier(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparing(KeyBarrier::position).reversed())
            .toList();
  }

  void retireUpTo(Position position) {
    tags.values().removeIf(barrier -> barrier.compareTo(position) <= 0);
    if (!keys.isEmpty() && keys.getLast().position.compareTo(position) <= 0) {
      keys = keys.stream().filter(barrier -> barrier.position.compareTo(position) > 0).toList();
    }
    Position all = everything;
    if (all != null && all.compareTo(position) <= 0) {
      everything = null;
    }
  }

  boolean isEmpty() {
    return tags.isEmpty() && keys.isEmpty() && everything == null;
  }

  Collection<Position> tagPositions() {
    return tags.values();
  }

  Collection<Position> keyPositions() {
    return keys.stream().map(KeyBarrier::position).toList();
  }

  void addTo(List<BarrierSnapshot.Raised> raised, Invalidation.Mode mode) {
    Map<Position, Set<String>> byPosition = new HashMap<>();
    tags.forEach(
        (tag, position) -> byPosition.computeIfAbsent(position, _ -> new HashSet<>()).add(tag));
    byPosition.forEach((position, names) ->
        raised.add(new BarrierSnapshot.Raised(position, mode, new Scope.Tags(names))));
    for (KeyBarrier barrier : keys) {
      raised.add(new BarrierSnapshot.Raised(barrier.position, mode, barrier.matcher.scope()));
    }
    Position all = everything;
    if (all != null) {
      raised.add(new BarrierSnapshot.Raised(all, mode, new Scope.Everything()));
    }
  }
}
