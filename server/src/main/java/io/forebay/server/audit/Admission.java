package io.forebay.server.audit;

/// Whether a change may be made, as far as the audit is concerned.
public sealed interface Admission {

  /// It may; how it ended has to be told.
  record Admitted(OpenRow row) implements Admission {}

  /// It may not: its row cannot be written, and `audit.on_failure` is `refuse`. Nothing has
  /// happened.
  ///
  /// @param why one sentence for the client
  record Refused(String why) implements Admission {}

  /// The row of a change that is under way.
  interface OpenRow {

    /// Says how the change ended; returns when that is durable, or could not be made so. Never
    /// fails: the change has been made and must be acknowledged. Called once, on a thread that may
    /// wait.
    void finish(AuditEnd end);

    /// Adds what became known only after [#finish], such as how much was changed; waits for nothing
    /// and may be lost in a crash.
    void amend(AuditEnd end);
  }
}
