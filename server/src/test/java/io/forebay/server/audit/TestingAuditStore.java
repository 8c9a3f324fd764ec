package io.forebay.server.audit;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/// Rows in memory; fails when told to, and can be held up.
final class TestingAuditStore implements AuditStore {

  final Map<String, AuditRow> rows = new TreeMap<>();
  final Semaphore mayWrite = new Semaphore(Integer.MAX_VALUE / 2);
  volatile boolean broken;

  @Override
  public void write(Collection<AuditRow> written) throws AuditStoreException {
    mayWrite.acquireUninterruptibly();
    if (broken) {
      throw new AuditStoreException("told to fail", new SQLException());
    }
    synchronized (this) {
      written.forEach(row -> rows.put(row.id(), row));
    }
  }

  @Override
  public synchronized AuditQuery.Page query(AuditQuery query) {
    var all = new java.util.ArrayList<>(rows.values());
    return new AuditQuery.Page(all.reversed(), Optional.empty());
  }

  @Override
  public int trim(Instant keepFrom, long maxRows, int atMost) {
    return 0;
  }

  @Override
  public void close() {}
}
