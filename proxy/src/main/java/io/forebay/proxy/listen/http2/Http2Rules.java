package io.forebay.proxy.listen.http2;

import io.forebay.proxy.listen.TagFields;
import java.time.Duration;

/// How HTTP/2 clients are treated.
///
/// @param maxStreams requests of one connection under way at once
/// @param maxHeaderBytes of a request's header list, as RFC 9113 §6.5.2 counts
/// @param maxFields field lines of a request
/// @param headerTimeout for the preface and first settings
/// @param idleTimeout the longest wait for a client to send or take anything, or to ask anything
/// @param minUploadRate bytes a second that a request's content must come at, 0 for any; see
///   [io.forebay.proxy.body.Patience]
/// @param tagFields whether clients see the fields that carry tags
public record Http2Rules(
    int maxStreams,
    int maxHeaderBytes,
    int maxFields,
    Duration headerTimeout,
    Duration idleTimeout,
    long minUploadRate,
    TagFields tagFields) {}
