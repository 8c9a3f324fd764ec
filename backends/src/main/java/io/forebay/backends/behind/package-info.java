/// **Role.** Writes that are acknowledged once they are in a journal on this node's disk, and reach
/// their tier later.
///
/// **Goals.** A write that was acknowledged reaches the tier, whatever ends this process meanwhile;
/// it never overtakes what came after it; reads here see it at once. The backlog is bounded, and a
/// writer waits while it is full.
///
/// **Non-goals.** Nodes that share a tier: another node would read what is not there yet.
///
/// **Start reading** at [WriteBehindTier], then [Backlog] for what waits, then [WriteJournal] for
/// what is on the disk.
@NullMarked
package io.forebay.backends.behind;

import org.jspecify.annotations.NullMarked;
