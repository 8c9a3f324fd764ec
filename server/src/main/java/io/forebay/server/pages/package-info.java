/// **Role.** The caching proxy as a part of the server: its settings, page cache, figures and log
/// events.
///
/// **Goals.** Everything the proxy is told comes from the settings; everything it tells becomes a
/// metric or a log event.
///
/// **Non-goals.** How requests are answered: that is module `proxy`.
///
/// **Start reading** at [PageProxy].
@NullMarked
package io.forebay.server.pages;

import org.jspecify.annotations.NullMarked;
