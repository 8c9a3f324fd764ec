package io.forebay.proxy.listen;

import java.time.Duration;

/// How the listener behaves towards clients.
///
/// @param host address to bind
/// @param port 0 for any free one
/// @param maxExchanges exchanges under way at once; beyond it clients get 503
/// @param maxHeaderBytes of a request's header section, and of its first line
/// @param idleTimeout the longest wait for a client to send or take anything
/// @param minUploadRate bytes a second that a request's content must come at, 0 for any; see
///   [io.forebay.proxy.body.Patience]
/// @param longestSilence how long an origin may keep a client waiting, which is not the client's
///   idleness
/// @param eventLoops threads that read and write sockets
/// @param tagFields whether clients see the fields that carry tags
/// @param connections what holds for connections, and which protocols are spoken on them
/// @param fastHits whether fresh hits are answered, and requests for one client alone passed
///   through, before an exchange is opened; the answers are the same
public record ListenSettings(
    String host,
    int port,
    int maxExchanges,
    int maxHeaderBytes,
    Duration idleTimeout,
    long minUploadRate,
    Duration longestSilence,
    int eventLoops,
    TagFields tagFields,
    ConnectionSettings connections,
    boolean fastHits) {}
