package io.forebay.proxy.origin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The origins of a pool at one time. Immutable but for what the members themselves know.
///
/// @param all in the order found
/// @param tiers by priority; none is empty
record Members(List<Member> all, List<Tier> tiers) {

  static final Members NONE = new Members(List.of(), List.of());

  static Members of(List<Member> all) {
    Map<Integer, List<Member>> byPriority = new TreeMap<>();
    for (Member member : all) {
      byPriority.computeIfAbsent(member.listed().priority(), _ -> new ArrayList<>()).add(member);
    }
    return new Members(List.copyOf(all), byPriority.values().stream().map(Tier::new).toList());
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  Map<Origin, Member> byOrigin() {
    Map<Origin, Member> members = new LinkedHashMap<>();
    all.forEach(member -> members.put(member.origin(), member));
    return members;
  }

  /// Those that are to get requests: of the first priority with an origin that is up, but for those
  /// that were tried; null if there is none.
  @Nullable Tier inCharge(List<Member> tried) {
    for (Tier tier : tiers) {
      if (tier.hasUp(tried)) {
        return tier;
      }
    }
    return null;
  }

  boolean isTrialDue(long now) {
    for (Tier tier : tiers) {
      if (tier.isTrialDue(now)) {
        return true;
      }
    }
    return false;
  }

  /// What those that are down suffer from: whoever answers errors can be reached.
  Health.Cause cause() {
    for (Tier tier : tiers) {
      if (tier.answersErrors()) {
        return Health.Cause.ERROR_RESPONSES;
      }
    }
    return Health.Cause.UNREACHABLE;
  }

  long requests() {
    long sum = 0;
    for (Member member : all) {
      sum += member.requests();
    }
    return sum;
  }
}
