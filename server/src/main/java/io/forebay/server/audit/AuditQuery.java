package io.forebay.server.audit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which rows are asked for, newest first.
///
/// @param since rows of this millisecond or later
/// @param until rows before this millisecond
/// @param before rows older than the one with this id: the last of the page before
/// @param limit 1 to [#MAX_LIMIT]
public record AuditQuery(
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> principal,
    Optional<AuditedOperation> operation,
    Optional<String> cache,
    Optional<String> before,
    int limit) {

  public static final int MAX_LIMIT = 1000;

  /// Everything.
  public static AuditQuery newest(int limit) {
    return new AuditQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }

  /// One page.
  ///
  /// @param next for [#before] of the next; empty if this was the last
  public record Page(List<AuditRow> rows, Optional<String> next) {
    public Page {
      rows = List.copyOf(rows);
    }
  }
}
