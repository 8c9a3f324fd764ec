/// **Role.** Requests to origin servers: which one is asked, when, and how often; connections,
/// deadlines, and errors in the words of RFC 9209.
///
/// **Goals.** A response head or a named failure, in blocking style; bodies as body sources. The
/// same on event loops, as long as all goes well; then from a [FirstAttempt] in blocking style. An
/// origin that fails costs clients as little as can be, and gets no more than it can carry. In the
/// usual case no lock and no more than a few objects for each request.
///
/// **Non-goals.** What to ask and what to keep: that is decided before and after.
///
/// **Start reading** at [OriginDispatch], then [Pool] (who is asked, who waits), [Health] (who is
/// up) and [Tier] (whose turn it is). [OriginClient] talks to one origin, [LoopOrigins] does on an
/// event loop. [Discovery] and [HealthChecks] work in the background.
@NullMarked
package io.forebay.proxy.origin;

import org.jspecify.annotations.NullMarked;
