/// **Role.** Whether the process lives and whether it takes traffic, for whoever runs it.
///
/// **Goals.** Ready is false before everything is built and from the order to stop on.
///
/// **Non-goals.** Live never depends on other machines.
///
/// **Start reading** at [Readiness].
@NullMarked
package io.forebay.server.health;

import org.jspecify.annotations.NullMarked;
