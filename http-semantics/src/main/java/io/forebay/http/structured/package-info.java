/// **Role.** Structured field values (RFC 9651): parsed exactly as §4.2 says, serialised as §4.1
/// says.
///
/// **Goals.** Strict: a field that does not parse is ignored as a whole, as RFC 9651 requires.
///
/// **Start reading** at [StructuredFields].
@NullMarked
package io.forebay.http.structured;

import org.jspecify.annotations.NullMarked;
