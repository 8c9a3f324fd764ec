package io.forebay.server.invalidation;

import java.util.List;

/// What a cache downstream did about an invalidation.
///
/// @param target its name
/// @param orders how many it was to get; several of one batch go together
/// @param delivered how many it accepted
/// @param failed how many it did not, for good: it may still serve what was invalidated
/// @param failures why, each reason once, the first few
public record TargetProgress(
    String target, int orders, int delivered, int failed, List<String> failures) {

  public TargetProgress {
    failures = List.copyOf(failures);
  }

  /// How many are still on their way.
  public int pending() {
    return orders - delivered - failed;
  }
}
