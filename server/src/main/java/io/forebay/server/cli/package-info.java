/// **Role.** The command line: parses arguments, calls one service per command, prints for people.
///
/// **Goals.** Every error says what to do next and never shows a stack trace for a user's mistake;
/// exit statuses mean something ([ExitStatus]).
///
/// **Non-goals.** No rule of settings, caches or HTTP lives here.
///
/// **Start reading** at [ForebayCommand].
@NullMarked
package io.forebay.server.cli;

import org.jspecify.annotations.NullMarked;
