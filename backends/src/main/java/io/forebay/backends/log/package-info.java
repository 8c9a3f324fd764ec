/// **Role.** The file in which a node keeps its invalidation log.
///
/// **Goals.** What was acknowledged survives kill -9 and loss of power; the file stays small;
/// damage is noticed and never leads to trusting an old value.
///
/// **Non-goals.** What an invalidation means: that is `cache`'s. Sharing a log among nodes.
///
/// **Start reading** at [FileJournal], then [Segment] for the format.
@NullMarked
package io.forebay.backends.log;

import org.jspecify.annotations.NullMarked;
