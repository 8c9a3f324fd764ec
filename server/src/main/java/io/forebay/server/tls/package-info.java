/// **Role.** Certificates and keys on disk: read at the start, looked at again while the server
/// runs.
///
/// **Goals.** A renewed certificate is used without a restart; a broken file changes nothing, is
/// logged and counted.
///
/// **Start reading** at [FileWatch].
@NullMarked
package io.forebay.server.tls;

import org.jspecify.annotations.NullMarked;
