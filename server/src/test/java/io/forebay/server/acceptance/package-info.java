/// **Role.** What a user gets, tested as a user: the launcher as a process, real servers around it.
///
/// **Non-goals.** Details, which the modules' own tests cover.
///
/// **Start reading** at [ForebayProcess].
@NullMarked
package io.forebay.server.acceptance;

import org.jspecify.annotations.NullMarked;
