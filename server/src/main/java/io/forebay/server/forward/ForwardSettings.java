package io.forebay.server.forward;

import java.time.Duration;

/// How orders are passed on.
///
/// @param timeout of one attempt
/// @param firstPause before the second attempt; each further one is twice as long
/// @param longestPause the most that becomes
/// @param giveUpAfter how long an order is tried
/// @param maxPending orders that may wait, for each target
public record ForwardSettings(
    Duration timeout,
    Duration firstPause,
    Duration longestPause,
    Duration giveUpAfter,
    int maxPending) {}
