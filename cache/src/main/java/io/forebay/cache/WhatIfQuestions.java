package io.forebay.cache;

import io.forebay.cache.policy.EvictionPolicies;
import io.forebay.cache.policy.WhatIf.Question;
import java.util.ArrayList;
import java.util.List;

/// What one wonders about a cache; asked anew whenever its bounds or policy change.
@FunctionalInterface
public interface WhatIfQuestions {

  /// @return at most [#MOST]
  List<Question> about(CacheBounds bounds, String evictionPolicy);

  /// How many questions a cache answers at most.
  int MOST = 32;

  /// A quarter, half, once, twice and four times the bounds with the present policy; and every
  /// other policy within the present bounds.
  static WhatIfQuestions usual() {
    return (bounds, evictionPolicy) -> {
      List<Question> questions = new ArrayList<>();
      for (double factor : new double[] {0.25, 0.5, 1, 2, 4}) {
        questions.add(
            new Question(
                evictionPolicy,
                scaled(bounds.maxBytes(), factor),
                scaled(bounds.maxEntries(), factor)));
      }
      for (String other : EvictionPolicies.names()) {
        if (!other.equals(evictionPolicy)) {
          questions.add(new Question(other, bounds.maxBytes(), bounds.maxEntries()));
        }
      }
      return questions;
    };
  }

  /// These, whatever the cache's bounds and policy are.
  static WhatIfQuestions of(List<Question> questions) {
    List<Question> fixed = List.copyOf(questions);
    return (_, _) -> fixed;
  }

  private static long scaled(long bound, double factor) {
    return bound == Long.MAX_VALUE ? bound : Math.max(1, (long) (bound * factor));
  }
}
