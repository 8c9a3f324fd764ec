package io.forebay.cache.policy;

/// The finalizer of MurmurHash3: spreads every bit of the input over all bits of the output.
final class Hashing {

  private Hashing() {}

  static long mix(long value) {
    long x = value;
    x ^= x >>> 33;
    x *= 0xff51afd7ed558ccdL;
    x ^= x >>> 33;
    x *= 0xc4ceb9fe1a85ec53L;
    x ^= x >>> 33;
    return x;
  }
}
