package io.forebay.server.audit;

/// The audit's figures at one moment; all but the first two and `failing` only grow.
///
/// @param pending changes of rows that wait to be written
/// @param failing whether the last attempt to write failed
/// @param rows changes of rows made durable; each row is written when its change begins and when it
///   ends
/// @param commits how many commits they took
/// @param lost changes of rows that could not be written although their changes were made
/// @param refused changes refused because their rows could not be written
/// @param queueFull how often the queue was full
/// @param trimmed rows deleted because of age or number
public record AuditFigures(
    int pending,
    boolean failing,
    long rows,
    long commits,
    long lost,
    long refused,
    long queueFull,
    long trimmed) {}
