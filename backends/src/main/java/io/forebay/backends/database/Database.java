package io.forebay.backends.database;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.KeptOpen;
import java.sql.SQLException;

/// A database that is open. It lends a connection to work, and knows how its SQL differs.
///
/// All of them have the functions `forebay_clock()`, `forebay_stamp()` and `forebay_history()`.
interface Database extends KeptOpen.Session {

  /// Work with the statements of a connection, in a transaction of its own or of several works.
  interface Work<T> {
    T on(Statements statements) throws SQLException, CallFailed;
  }

  /// Does work that changes nothing and looks at a row or two.
  ///
  /// @throws CallFailed also when the deadline is over; the work may go on then. SQLite may make it
  ///   on the caller's thread, where a disk that hangs keeps it for longer ([CallersReads])
  <T> T read(Work<T> work, Deadline deadline) throws CallFailed;

  /// Does work that changes nothing and looks at many rows.
  ///
  /// @throws CallFailed also when the deadline is over; the work may go on then
  <T> T scan(Work<T> work, Deadline deadline) throws CallFailed;

  /// Does work; what it changed is on the disk when this returns.
  ///
  /// @throws CallFailed also when the deadline is over; the work may go on then
  <T> T change(Work<T> work, Deadline deadline) throws CallFailed;

  /// What a selection of rows to be deleted ends with, so that nobody waits for another who does
  /// the same.
  String skippingLocked();
}
