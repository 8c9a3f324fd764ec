package io.forebay.proxy.origin;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A pool's origins of one priority, and whose turn it is among them.
///
/// A request goes to the origin with the least under way for its weight. So a slow or hung one gets
/// no more than it can carry, which no fixed order of turns achieves. Among equals, as at low load,
/// *smooth weighted round robin* decides: each round every origin gains its weight, the richest has
/// its turn and pays the sum of all weights. For weights 5, 1, 1 that is a a b a c a a, and never
/// five a's in a row. The order is computed once; a turn costs one increment.
///
/// Without locks: two threads may see the same load and choose the same origin.
final class Tier {

  /// Weights are scaled down to this, so that the order of turns stays short.
  private static final int MAX_WEIGHT = 100;

  private final Member[] members;
  private final int[] weights;
  private final int[] turns;
  private final AtomicInteger turn = new AtomicInteger();

  /// @param members at least one
  Tier(List<Member> members) {
    this.members = members.toArray(Member[]::new);
    this.weights = scaled(members.stream().mapToInt(m -> m.listed().weight()).toArray());
    this.turns = turns(weights);
  }

  /// Each from 1 to [#MAX_WEIGHT], without common divisor.
  static int[] scaled(int[] weights) {
    int[] scaled = reduced(weights);
    int largest = Arrays.stream(scaled).max().orElse(1);
    if (largest > MAX_WEIGHT) {
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = Math.max(1, Math.round((float) scaled[i] * MAX_WEIGHT / largest));
      }
    }
    return reduced(scaled);
  }

  private static int[] reduced(int[] weights) {
    int divisor = Arrays.stream(weights).reduce(0, Tier::gcd);
    return Arrays.stream(weights).map(weight -> weight / divisor).toArray();
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /// Indexes in the order of their turns.
  static int[] turns(int[] weights) {
    int total = 0;
    for (int weight : weights) {
      total += weight;
    }
    int[] turns = new int[total];
    int[] credit = new int[weights.length];
    for (int t = 0; t < total; t++) {
      int richest = 0;
      for (int i = 0; i < weights.length; i++) {
        credit[i] += weights[i];
        if (credit[i] > credit[richest]) {
          richest = i;
        }
      }
      credit[richest] -= total;
      turns[t] = richest;
    }
    return turns;
  }

  int size() {
    return members.length;
  }

  int up() {
    int up = 0;
    for (Member member : members) {
      up += member.health().isUp() ? 1 : 0;
    }
    return up;
  }

  /// Whether any but these is up.
  boolean hasUp(List<Member> tried) {
    for (Member member : members) {
      if (member.health().isUp() && (tried.isEmpty() || !tried.contains(member))) {
        return true;
      }
    }
    return false;
  }

  /// Takes a place at the best origin that is up (or, if so wanted, down) and has room.
  ///
  /// @param tried not these
  @Nullable Member enter(
      boolean isUp, boolean asFill, PoolSettings.Limits limits, List<Member> tried) {
    int start = turns[Math.floorMod(turn.getAndIncrement(), turns.length)];
    while (true) {
      int best = -1;
      for (int k = 0; k < members.length; k++) {
        int i = start + k < members.length ? start + k : start + k - members.length;
        Member member = members[i];
        boolean isEligible =
            member.health().isUp() == isUp
                && member.hasRoom(asFill, limits)
                && (tried.isEmpty() || !tried.contains(member));
        if (isEligible && (best < 0 || isLessLoaded(i, best))) {
          best = i;
        }
      }
      if (best < 0) {
        return null;
      }
      if (members[best].tryEnter(asFill, limits)) {
        return members[best];
      }
      // Somebody was faster; there may be room elsewhere.
    }
  }

  private boolean isLessLoaded(int one, int other) {
    return (long) members[one].underWay() * weights[other]
        < (long) members[other].underWay() * weights[one];
  }

  /// Takes a place at an origin whose time down is over, as the one request that tries it.
  @Nullable Member enterOnTrial(
      boolean asFill, PoolSettings.Limits limits, List<Member> tried, long now) {
    for (Member member : members) {
      if (!tried.contains(member) && member.health().claimTrial(now)) {
        if (member.tryEnter(asFill, limits)) {
          return member;
        }
        member.health().trialOver();
      }
    }
    return null;
  }

  boolean isTrialDue(long now) {
    for (Member member : members) {
      if (member.health().isTrialDue(now)) {
        return true;
      }
    }
    return false;
  }

  /// Whether any of these, all down, answers, if only with errors.
  boolean answersErrors() {
    for (Member member : members) {
      if (member.health().spell() instanceof Health.Spell.Down down
          && down.cause() == Health.Cause.ERROR_RESPONSES) {
        return true;
      }
    }
    return false;
  }
}
