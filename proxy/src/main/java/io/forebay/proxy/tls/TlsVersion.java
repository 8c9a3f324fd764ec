package io.forebay.proxy.tls;

/// The oldest version of TLS that is spoken. Older ones than these are broken (RFC 8996).
public enum TlsVersion {
  TLS_1_2,
  TLS_1_3
}
