package io.forebay.cache.tier;

import java.util.concurrent.atomic.AtomicBoolean;

/// A node's turn to load something from its source, while the others wait.
public final class FillTurn {

  /// Where nobody takes turns.
  public static final FillTurn NONE = new FillTurn(() -> {});

  private final Runnable end;
  private final AtomicBoolean ended = new AtomicBoolean();

  FillTurn(Runnable end) {
    this.end = end;
  }

  /// Lets others go on: what was loaded is stored, or will not be. Idempotent.
  public void end() {
    if (ended.compareAndSet(false, true)) {
      end.run();
    }
  }
}
