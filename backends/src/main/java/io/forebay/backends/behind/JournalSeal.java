package io.forebay.backends.behind;

import io.forebay.backends.packing.ValueRewriting;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.util.Optional;

/// How values look in the journal: as they are, or encrypted as they will be in the tier.
public final class JournalSeal {

  /// As they are.
  public static final JournalSeal NONE = new JournalSeal(Optional.empty());

  private final Optional<ValueRewriting> rewriting;

  private JournalSeal(Optional<ValueRewriting> rewriting) {
    this.rewriting = rewriting;
  }

  public static JournalSeal of(ValueRewriting rewriting) {
    return new JournalSeal(Optional.of(rewriting));
  }

  Pending sealed(Pending pending) {
    return rewriting.isEmpty() || pending.value().isEmpty()
        ? pending
        : with(
            pending, Optional.of(rewriting.get().rewritten(pending.key(), pending.value().get())));
  }

  /// As it was; a removal if that cannot be had: what it would have replaced must not come back.
  Pending opened(Pending pending) {
    return rewriting.isEmpty() || pending.value().isEmpty()
        ? pending
        : with(pending, rewriting.get().restored(pending.key(), pending.value().get()));
  }

  private static Pending with(Pending pending, Optional<TierValue> value) {
    TierKey key = pending.key();
    return new Pending(key, pending.number(), pending.version(), pending.accepted(), value);
  }
}
