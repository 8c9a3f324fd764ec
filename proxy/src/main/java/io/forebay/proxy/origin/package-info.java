/// **Role.** Requests to origin servers: connections, deadlines, and errors in the words of RFC
/// 9209.
///
/// **Goals.** A response head or a named failure, in blocking style; bodies as body sources.
///
/// **Non-goals.** What to ask and what to keep: that is decided before and after.
///
/// **Start reading** at [OriginClient].
@NullMarked
package io.forebay.proxy.origin;

import org.jspecify.annotations.NullMarked;
