package io.forebay.server.invalidation;

/// Who asks, and from where.
///
/// @param name a principal's; never secret
/// @param address an IP address
public record Requester(String name, String address) {}
