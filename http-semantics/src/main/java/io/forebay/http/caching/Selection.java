package io.forebay.http.caching;

import io.forebay.http.RequestHead;
import io.forebay.http.conditional.ByteRanges;
import io.forebay.http.conditional.ByteRanges.ByteRange;
import io.forebay.http.conditional.ContentRange;
import io.forebay.http.conditional.Preconditions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Chooses among the responses stored for one URI (RFC 9111 §4.1).
final class Selection {

  /// Those that say what they vary on before those that forgot to; the most recent of them by
  /// `Date`, then the youngest.
  private static final Comparator<StoredCandidate> BEST_FIRST =
      Comparator.comparing((StoredCandidate c) -> !c.response().fields().contains("Vary"))
          .thenComparing(c -> c.response().date().orElse(Instant.EPOCH), Comparator.reverseOrder())
          .thenComparing(StoredCandidate::currentAge);

  private Selection() {}

  static <C extends StoredCandidate> Optional<C> select(RequestHead request, List<C> candidates) {
    return candidates.stream()
        .filter(candidate -> matches(request, candidate) && covers(request, candidate))
        .min(BEST_FIRST);
  }

  /// Whether the fields that the candidate's `Vary` names are in the request what they were.
  static boolean matches(RequestHead request, StoredCandidate candidate) {
    return !VariantKey.matchesNothing(candidate.response().fields())
        && VariantKey.of(candidate.response().fields(), request.fields())
            .equals(candidate.variantKey());
  }

  /// Whether the stored part, if it is only one, holds all that the request asks for (§3.3), and
  /// `If-Range` does not ask for the whole.
  private static boolean covers(RequestHead request, StoredCandidate candidate) {
    Optional<ContentRange> part = candidate.storedPart();
    return part.isEmpty()
        || (covers(request, part.get())
            && Preconditions.evaluate(request, candidate.response())
                != Preconditions.Outcome.PROCEED_WITHOUT_RANGE);
  }

  private static boolean covers(RequestHead request, ContentRange part) {
    if (part.range().isEmpty() || part.completeLength().isEmpty()) {
      return false;
    }
    ByteRange stored = part.range().get();
    return switch (ByteRanges.select(request, part.completeLength().getAsLong())) {
      case ByteRanges.Selection.Single(ByteRange asked) -> stored.contains(asked);
      case ByteRanges.Selection.Multiple(List<ByteRange> asked) ->
          asked.stream().allMatch(stored::contains);
      case ByteRanges.Selection.Full _, ByteRanges.Selection.Unsatisfiable _ -> false;
    };
  }
}
