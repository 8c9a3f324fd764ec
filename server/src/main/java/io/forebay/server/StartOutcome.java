package io.forebay.server;

/// What became of a start.
public sealed interface StartOutcome {

  record Started(RunningServer server) implements StartOutcome {}

  /// Nothing was left behind.
  ///
  /// @param why one line that names the setting and says what to do
  record NotStarted(String why) implements StartOutcome {}
}
