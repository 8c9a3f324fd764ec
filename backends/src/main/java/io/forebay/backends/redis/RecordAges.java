package io.forebay.backends.redis;

import io.forebay.cache.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Tells which records have been in force here for longer than a span: notes now and then which was
/// the last. One thread at a time.
final class RecordAges {

  /// Notes at most; a record counts as old so much of the span late.
  private static final int NOTES = 20;

  private record Note(Position last, long nanoTime) {}

  private final long spanNanos;
  private final Deque<Note> notes = new ArrayDeque<>();
  private Optional<Position> old = Optional.empty();

  RecordAges(Duration span) {
    this.spanNanos = span.toNanos();
  }

  /// The last of those of this epoch that are old enough.
  ///
  /// @param last in force now
  Optional<Position> oldest(Position last, long nanoTime) {
    Note newest = notes.peekLast();
    if (newest == null || nanoTime - newest.nanoTime >= spanNanos / NOTES) {
      notes.addLast(new Note(last, nanoTime));
    }
    Note first = notes.peekFirst();
    while (first != null && nanoTime - first.nanoTime >= spanNanos) {
      old = Optional.of(first.last);
      notes.removeFirst();
      first = notes.peekFirst();
    }
    return old.filter(position -> position.epoch() == last.epoch());
  }
}
