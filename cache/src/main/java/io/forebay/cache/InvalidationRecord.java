package io.forebay.cache;

import java.time.Instant;

/// One line of the invalidation log.
///
/// @param id of the batch it came with; its position's text if the batch had none
/// @param time when it got its position, by the wall clock of the node that appended it
/// @param who a principal's name; empty if Forebay itself
public record InvalidationRecord(
    Position position, String id, Instant time, String who, String why, InvalidationOrder order) {}
