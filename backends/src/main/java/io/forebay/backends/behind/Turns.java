package io.forebay.backends.behind;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Changes of one key take turns, so that what each decides holds until it is done. No lock: whose
/// turn it is may wait for a disk.
final class Turns {

  private final ConcurrentMap<TierKey, CompletableFuture<Void>> taken = new ConcurrentHashMap<>();

  /// A key's turn; whoever has it must end it.
  final class Turn {
    private final TierKey key;
    private final CompletableFuture<Void> ended;

    private Turn(TierKey key, CompletableFuture<Void> ended) {
      this.key = key;
      this.ended = ended;
    }

    /// Idempotent.
    void end() {
      if (taken.remove(key, ended)) {
        ended.complete(null);
      }
    }
  }

  /// Waits for the key's turn.
  ///
  /// @throws CallFailed if the deadline is over first
  Turn take(TierKey key, Deadline deadline) throws CallFailed {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    while (true) {
      CompletableFuture<Void> others = taken.putIfAbsent(key, mine);
      if (others == null) {
        return new Turn(key, mine);
      }
      if (deadline.isOver()) {
        throw new CallFailed(Kind.BUSY, "others change the same key");
      }
      deadline.await(others);
    }
  }
}
