package io.forebay.cache;

/// What became of a batch. In every case it is in force on this node.
public sealed interface LogOutcome {

  /// Position of the batch's first record.
  Position first();

  /// Position of its last record.
  Position last();

  /// The log has it, as durably as it keeps anything: this may be acknowledged.
  record Kept(Position first, Position last) implements LogOutcome {}

  /// In force here, and written down to be entered into the log as soon as that can be reached;
  /// until then nobody else hears of it. Its positions are provisional. To be reported as pending.
  ///
  /// @param reason for the operator
  record Queued(Position first, Position last, String reason) implements LogOutcome {}

  /// In force here until the process ends, but the log could not keep it: nobody else will hear of
  /// it, and a restart forgets it unless the log recovers before. Not to be acknowledged as done.
  ///
  /// @param reason for the operator, such as the system's words for a full disk
  record NotKept(Position first, Position last, String reason) implements LogOutcome {}
}
