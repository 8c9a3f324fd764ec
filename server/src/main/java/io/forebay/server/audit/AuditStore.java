package io.forebay.server.audit;

import java.time.Instant;
import java.util.Collection;

/// Where rows are kept. One thread writes and trims; any thread queries.
interface AuditStore extends AutoCloseable {

  /// Writes rows, replacing those of the same ids; all or none. When it returns they are durable.
  ///
  /// @param rows of different ids
  void write(Collection<AuditRow> rows) throws AuditStoreException;

  AuditQuery.Page query(AuditQuery query) throws AuditStoreException;

  /// Deletes the oldest rows: those before `keepFrom`, and those beyond `maxRows`.
  ///
  /// @param atMost how many to delete now
  /// @return how many were; fewer than `atMost` means that nothing is left to delete
  int trim(Instant keepFrom, long maxRows, int atMost) throws AuditStoreException;

  @Override
  void close();
}
