package io.forebay.server.audit;

import java.time.Instant;

/// One row. Written when the change begins and again, under the same id, when it ends.
///
/// @param id orders rows by time ([RowIds])
public record AuditRow(String id, Instant at, AuditEntry entry, AuditEnd end) {

  AuditRow ending(AuditEnd how) {
    return new AuditRow(id, at, entry, how);
  }
}
