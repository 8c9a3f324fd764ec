/// **Role.** How log lines leave the process: text for people, JSON for machines.
///
/// **Goals.** Logging never blocks an event loop: lines wait in a bounded queue, and what does not
/// fit is dropped and counted.
///
/// **Non-goals.** What is logged is decided where it happens.
///
/// **Start reading** at [LogSetup].
@NullMarked
package io.forebay.server.log;

import org.jspecify.annotations.NullMarked;
