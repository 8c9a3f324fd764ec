package io.forebay.backends.behind;

import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.util.Optional;

/// A write or removal that has been acknowledged, or is about to be, and has still to reach the
/// tier.
///
/// @param number in the order in which they were accepted; later ones are greater
/// @param version that its reader sees; of a removal, that of what was removed
/// @param accepted when, in microseconds since 1970
/// @param value empty for a removal
record Pending(TierKey key, long number, long version, long accepted, Optional<TierValue> value) {

  /// About what it takes in memory, and in the journal.
  long bytes() {
    long names = 160 + 2L * (key.cache().length() + key.key().length());
    return value
        .map(of ->
            names
                + of.bytes().length
                + of.tags().stream().mapToLong(tag -> 40 + 2L * tag.length()).sum()
                + of.metadata().entrySet().stream()
                    .mapToLong(
                        pair -> 80 + 2L * (pair.getKey().length() + pair.getValue().length()))
                    .sum())
        .orElse(names);
  }
}
