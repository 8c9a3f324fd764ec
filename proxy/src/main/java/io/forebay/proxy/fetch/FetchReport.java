package io.forebay.proxy.fetch;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a fetch ended, as [RecentFetches] remembers it.
///
/// @param uri of the key
/// @param at when the head, or the failure, was there
/// @param status the origin's; empty if it gave none
/// @param tags the response's
public record FetchReport(
    String uri,
    Instant at,
    String method,
    Optional<Integer> status,
    Fate fate,
    List<String> tags) {}
