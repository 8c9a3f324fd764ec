package io.forebay.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Tells which barriers are so old that no value of before them can live in a tier any more: notes
/// now and then which position was the newest.
final class RetirementAge {

  /// Notes at most: a barrier retires so much of the span late.
  private static final int NOTES = 100;

  private record Note(Position newest, long nanoTime) {}

  private final long spanNanos;
  private final Deque<Note> notes = new ArrayDeque<>();
  private @Nullable Position ripe;

  /// @param spanNanos how long a value may live in a tier; zero if there is none
  RetirementAge(long spanNanos) {
    this.spanNanos = spanNanos;
  }

  /// The newest position that is old enough; null if none is.
  ///
  /// @param newest in force now
  @Nullable Position ripe(Position newest, long nanoTime) {
    if (spanNanos == 0) {
      return newest;
    }
    Note last = notes.peekLast();
    if (last == null || nanoTime - last.nanoTime >= spanNanos / NOTES) {
      notes.addLast(new Note(newest, nanoTime));
    }
    Note first = notes.peekFirst();
    while (first != null && nanoTime - first.nanoTime >= spanNanos) {
      ripe = first.newest;
      notes.removeFirst();
      first = notes.peekFirst();
    }
    return ripe;
  }
}
