package io.forebay.proxy;

import io.forebay.proxy.listen.ListenFigures;

/// A moment's figures of the proxy; each "refused" counts how often a bound was hit.
///
/// @param exchangesUnderWay now
/// @param exchangesRefused answered 503 because too many were under way
/// @param fetchesUnderWay now
/// @param collapsed requests that waited for another's fetch
/// @param followersRefused requests refused because too many waited for the same fetch
/// @param refreshesRefused background refreshes not begun because too many were under way
/// @param fillBytes held by bodies on their way into the store
/// @param fillsRefused bodies not stored because `fillBytes` was used up
/// @param connections those of clients
/// @param pagesCoded stored pages that were made in a content coding, once for each coding
/// @param codingsRefused those not made because too many were waiting
/// @param tunnels connections that go on in another protocol, now
/// @param tunnelsRefused answered 503 because too many were
public record ProxyFigures(
    int exchangesUnderWay,
    long exchangesRefused,
    int fetchesUnderWay,
    long collapsed,
    long followersRefused,
    long refreshesRefused,
    long fillBytes,
    long fillsRefused,
    ListenFigures connections,
    long pagesCoded,
    long codingsRefused,
    int tunnels,
    long tunnelsRefused) {}
