package io.forebay.backends.database;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.cache.tier.TierFailure.Kind;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What an exception of a driver means.
final class SqlFailures {

  private SqlFailures() {}

  static CallFailed judged(SQLException failure) {
    return new CallFailed(kind(failure), Deadline.words(failure));
  }

  private static Kind kind(SQLException failure) {
    if (failure instanceof SQLTransientConnectionException) {
      return Kind.DISCONNECTED; // the pool had none
    }
    if (failure instanceof SQLiteException sqlite) {
      return switch (SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & 0xff)) {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR, SQLITE_CANTOPEN -> Kind.BROKEN;
        default -> Kind.REFUSED; // full, read-only, locked
      };
    }
    String state = failure.getSQLState();
    if (state == null) {
      return Kind.REFUSED;
    }
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "08" -> state.equals("08001") ? Kind.DISCONNECTED : Kind.BROKEN;
      case "57" -> Kind.BROKEN; // shut down, crashed, cancelled
      case "28" -> Kind.DISCONNECTED; // does not let us in
      default -> Kind.REFUSED;
    };
  }
}
