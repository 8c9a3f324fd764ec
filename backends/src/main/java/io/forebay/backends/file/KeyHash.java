package io.forebay.backends.file;

/// What a key is found by in the index: 64 bits. Two keys of one hash push each other out, so it
/// depends on a number that nobody outside knows, and that stays with the folder.
record KeyHash(long seed) {

  private static final long P0 = 0xa0761d6478bd642fL;
  private static final long P1 = 0xe7037ed1a0b428dbL;

  /// Never zero.
  long of(byte[] key) {
    long hash = seed ^ P0 * (key.length + 1);
    int at = 0;
    for (; at + 8 <= key.length; at += 8) {
      hash = mixed(hash ^ word(key, at, 8), P1);
    }
    hash = mixed(hash ^ word(key, at, key.length - at), P0 ^ key.length);
    hash = mixed(hash ^ P1, P0);
    return hash == 0 ? 1 : hash;
  }

  private static long word(byte[] key, int from, int bytes) {
    long word = 0;
    for (int i = 0; i < bytes; i++) {
      word = word << 8 | (key[from + i] & 0xff);
    }
    return word;
  }

  /// The product's halves folded, as wyhash does; with the words themselves, so that a zero does
  /// not swallow what came before it.
  private static long mixed(long one, long other) {
    return Math.unsignedMultiplyHigh(one, other) ^ one * other ^ Long.rotateLeft(one, 23);
  }
}
