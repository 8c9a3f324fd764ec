/// **Role.** Settings read again while the server runs.
///
/// **Goals.** What can change safely changes at once and as a whole; what is wrong changes nothing
/// and is named with its place; what needs a restart is named and left alone.
///
/// **Non-goals.** What a setting means: whoever honours it takes the new value.
///
/// **Start reading** at [Reload].
@NullMarked
package io.forebay.server.reload;

import org.jspecify.annotations.NullMarked;
