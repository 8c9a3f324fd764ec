package io.forebay.cache;

/// A place in one of the [TimerWheel]'s circular lists; alone, it is linked to itself.
@SuppressWarnings("ReferenceEquality") // links are themselves
class TimerLink {

  TimerLink timerPrevious = this;
  TimerLink timerNext = this;

  final boolean isScheduled() {
    return timerNext != this;
  }

  final void unlink() {
    timerPrevious.timerNext = timerNext;
    timerNext.timerPrevious = timerPrevious;
    timerPrevious = this;
    timerNext = this;
  }

  /// Puts `link`, which is alone, before this one: at the end of the list that this one heads.
  final void append(TimerLink link) {
    link.timerPrevious = timerPrevious;
    link.timerNext = this;
    timerPrevious.timerNext = link;
    timerPrevious = link;
  }

  /// Moves the whole list that `other` heads to the end of the list that this one heads.
  final void takeAll(TimerLink other) {
    if (!other.isScheduled()) {
      return;
    }
    TimerLink first = other.timerNext;
    TimerLink last = other.timerPrevious;
    other.timerNext = other;
    other.timerPrevious = other;
    first.timerPrevious = timerPrevious;
    timerPrevious.timerNext = first;
    last.timerNext = this;
    timerPrevious = last;
  }
}
