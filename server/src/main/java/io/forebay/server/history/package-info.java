/// **Role.** What is remembered beyond the moment: samples of the figures, and warming jobs that
/// have ended, in a SQLite file in `data.dir`.
///
/// **Goals.** Bounded by count; a lost row is counted and costs nobody an answer.
///
/// **Non-goals.** The audit, which must not lose anything, has its own database.
///
/// **Start reading** at [HistoryDatabase].
@NullMarked
package io.forebay.server.history;

import org.jspecify.annotations.NullMarked;
