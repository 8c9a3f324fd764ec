/// **Role.** Heads of HTTP/1.1 messages as bytes: whether they are of the plain kind that an event
/// loop deals with itself.
///
/// **Goals.** A stricter reading than any codec's, so that what is taken for one message here is
/// one message everywhere; nothing allocated until somebody asks for text.
///
/// **Non-goals.** Reading everything that is allowed: the rest is a codec's.
///
/// **Start reading** at [RequestScan].
@NullMarked
package io.forebay.proxy.scan;

import org.jspecify.annotations.NullMarked;
