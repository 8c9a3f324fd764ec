package io.forebay.backends.behind;

import io.forebay.cache.tier.TierKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// In which order keys that wait are carried out: those not tried yet first, oldest first, then
/// those that failed, in turns. A part of a tier that is away (one server of several) so holds up
/// nothing but its own keys.
///
/// **Rest.** When something failed, what has failed is not tried again for a while: longer each
/// time, until some of it arrives.
///
/// For one thread at a time; the lock of [Backlog].
final class Order {

  private static final Duration FIRST_REST = Duration.ofMillis(50);
  private static final Duration LONGEST_REST = Duration.ofSeconds(5);

  private final Set<TierKey> untried = new LinkedHashSet<>();
  private final Set<TierKey> failed = new LinkedHashSet<>();
  private Duration rest = FIRST_REST;
  private long restsUntil = System.nanoTime();

  /// A key begins to wait, unless it does already.
  void add(TierKey key) {
    if (!failed.contains(key)) {
      var _ = untried.add(key);
    }
  }

  /// Nanoseconds until there is something to try; zero or less if there is, `Long.MAX_VALUE` if
  /// nothing waits.
  long leftNanos() {
    if (!untried.isEmpty()) {
      return 0;
    }
    return failed.isEmpty() ? Long.MAX_VALUE : restsUntil - System.nanoTime();
  }

  /// What to try now; stays in here.
  List<TierKey> next(int most) {
    List<TierKey> keys = new ArrayList<>();
    addTo(keys, untried, most);
    if (!isResting()) {
      addTo(keys, failed, most);
    }
    return keys;
  }

  private static void addTo(List<TierKey> keys, Set<TierKey> from, int most) {
    Iterator<TierKey> waiting = from.iterator();
    while (waiting.hasNext() && keys.size() < most) {
      keys.add(waiting.next());
    }
  }

  private boolean isResting() {
    return restsUntil - System.nanoTime() > 0;
  }

  /// What came of a try.
  ///
  /// @param arrived nothing of them waits any more
  /// @param overtaken they arrived, but something newer waits
  /// @param notArrived they wait still
  void tried(List<TierKey> arrived, List<TierKey> overtaken, List<TierKey> notArrived) {
    boolean triedAgain = false;
    boolean goesOn = false;
    for (TierKey key : arrived) {
      goesOn |= failed.remove(key);
      untried.remove(key);
    }
    for (TierKey key : overtaken) {
      goesOn |= failed.remove(key);
      untried.remove(key);
      untried.add(key);
    }
    for (TierKey key : notArrived) {
      triedAgain |= failed.remove(key);
      untried.remove(key);
      failed.add(key);
    }
    if (goesOn || failed.isEmpty()) {
      rest = FIRST_REST;
      restsUntil = System.nanoTime();
    } else if (triedAgain || (!notArrived.isEmpty() && !isResting())) {
      restsUntil = System.nanoTime() + rest.toNanos();
      Duration longer = rest.multipliedBy(2);
      rest = longer.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : longer;
    }
  }
}
