/// **Role.** Stored pages in content codings: made once for a page, on threads of their own.
///
/// **Goals.** No request waits for it, no event loop does it; bounded work and bounded bytes.
///
/// **Non-goals.** Which pages are coded, and for whom: [io.forebay.http.caching.CodingRule].
///
/// **Start reading** at [PageCoder].
@NullMarked
package io.forebay.proxy.coding;

import org.jspecify.annotations.NullMarked;
