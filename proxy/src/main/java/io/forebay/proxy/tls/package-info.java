/// **Role.** TLS as values: certificates and keys from PEM text, and what connections are encrypted
/// with, changeable while they run.
///
/// **Goals.** A broken certificate changes nothing; a good one counts for the next connection.
///
/// **Non-goals.** Reading files, and noticing that they changed: that is the server's.
///
/// **Start reading** at [ServerTls].
@NullMarked
package io.forebay.proxy.tls;

import org.jspecify.annotations.NullMarked;
