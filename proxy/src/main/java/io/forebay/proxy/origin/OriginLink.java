package io.forebay.proxy.origin;

/// An origin that is connected to in another way than the usual.
public record OriginLink(Origin origin, OriginProtocol protocol, OriginTls tls) {}
