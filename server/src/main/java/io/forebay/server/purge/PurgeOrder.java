package io.forebay.server.purge;

import io.forebay.cache.Invalidation;

/// One order: what, and whether it is to be gone (hard) or only stale (soft).
public record PurgeOrder(PurgeScope scope, Invalidation.Mode mode) {}
