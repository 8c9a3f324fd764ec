/// **Role.** Conditional requests (RFC 9110 §13) and range requests (§14), evaluated by the cache
/// against what it has stored.
///
/// **Start reading** at [Preconditions] and [ByteRanges].
@NullMarked
package io.forebay.http.conditional;

import org.jspecify.annotations.NullMarked;
