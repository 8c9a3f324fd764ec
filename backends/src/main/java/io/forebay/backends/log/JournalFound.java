package io.forebay.backends.log;

import java.nio.file.Path;

/// In what state a journal was found when it was opened: for the operator's log.
public sealed interface JournalFound {

  /// There was none; a new epoch began.
  record Nothing() implements JournalFound {}

  /// Nothing is missing.
  record Whole() implements JournalFound {}

  /// The last write had been cut short, as by kill -9 or loss of power. It was not acknowledged.
  record TornTail(long droppedBytes) implements JournalFound {}

  /// Records may be missing. A new epoch began, in which nothing from before is trusted.
  ///
  /// @param keptAs the damaged file, for whoever wants to know
  record Damaged(Path keptAs, String where) implements JournalFound {}
}
