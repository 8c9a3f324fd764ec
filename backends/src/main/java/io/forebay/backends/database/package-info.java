/// **Role.** A SQL database as a tier: SQLite, which is a file of one node, or PostgreSQL, which
/// nodes may share.
///
/// **Goals.** A value that was replaced or removed never comes back; what was acknowledged is on
/// the database's disk; the table is bounded; a database that is slow, hung or gone costs a caller
/// its deadline at most, and soon nothing. (Where SQLite's disk hangs, those who are just reading
/// from it wait for it.)
///
/// **Non-goals.** Speed where memory would do. Other databases.
///
/// **Start reading** at [DatabaseTier], then the scripts beside it, `V1__slots.sql` and on, then
/// [Slots] for the statements.
@NullMarked
package io.forebay.backends.database;

import org.jspecify.annotations.NullMarked;
