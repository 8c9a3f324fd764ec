/// **Role.** HTTP messages as values: fields, heads, dates, targets, and the rules of RFC 9110 that
/// a proxy applies to every message.
///
/// **Goals.** Field values pass byte-exact (a `char` is a byte, ISO-8859-1); no parser throws on
/// any input; every rule names its section.
///
/// **Non-goals.** No I/O, no logging, no framing of messages on the wire (RFC 9112), no
/// dependencies.
///
/// **Start reading** at [HttpFields] and [RequestHead]; the caching rules are in
/// [io.forebay.http.caching], conditions and ranges in [io.forebay.http.conditional], structured
/// field values in [io.forebay.http.structured].
@NullMarked
package io.forebay.http;

import org.jspecify.annotations.NullMarked;
