/// **Role.** Files as a tier of one node: what it held is there again after a restart.
///
/// **Goals.** A value that was replaced or removed never comes back, also after kill -9; a read is
/// one read of the disk; bytes on disk and memory for the index are bounded; what is damaged is
/// skipped, counted and never served.
///
/// **Non-goals.** Sharing with other processes. Keeping everything: when it is full, the oldest
/// file goes with all that is in it.
///
/// **Start reading** at [FileTier], then [Records] for the format, [Appender] for how changes are
/// made, and [Recovery] for how a folder is opened.
@NullMarked
package io.forebay.backends.file;

import org.jspecify.annotations.NullMarked;
