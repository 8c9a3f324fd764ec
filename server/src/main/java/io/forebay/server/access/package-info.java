/// **Role.** Who may do what over the API: named tokens with roles, and the checks of `Host` and
/// `Origin` that keep other people's web pages out.
///
/// **Goals.** Pure decisions with their reason; a token is kept as a hash only and compared in
/// constant time.
///
/// **Non-goals.** No sockets and no HTTP types: the API hands over texts.
///
/// **Start reading** at [AccessPolicy]; `docs/concepts/access.md` is the user's view.
@NullMarked
package io.forebay.server.access;

import org.jspecify.annotations.NullMarked;
