package io.forebay.server.audit;

/// What becomes of changes whose rows cannot be written.
public enum OnFailure {
  /// They are refused, and change nothing.
  REFUSE,
  /// They are made; an alarm is raised, and a row tells of the gap once rows can be written again.
  GO_ON
}
