package io.forebay.proxy.origin;

import io.forebay.proxy.origin.OriginClient.Attempt;
import java.util.Optional;

/// What an event loop began of a request before a thread took it over: the place at an origin, and
/// perhaps what came of the first sending. [OriginDispatch] goes on from there.
public final class FirstAttempt {

  private final Slot slot;
  private final Optional<Attempt> made;

  FirstAttempt(Slot slot, Optional<Attempt> made) {
    this.slot = slot;
    this.made = made;
  }

  Slot slot() {
    return slot;
  }

  /// Empty if nothing was sent.
  Optional<Attempt> made() {
    return made;
  }

  /// Whether the origin has answered.
  public boolean isAnswered() {
    return made.isPresent() && made.get().outcome() instanceof OriginOutcome.Answered;
  }

  /// Nobody goes on with it.
  public void drop() {
    made.ifPresent(attempt -> {
      if (attempt.outcome() instanceof OriginOutcome.Answered answered) {
        answered.body().cancel();
      }
    });
    slot.leave();
  }
}
