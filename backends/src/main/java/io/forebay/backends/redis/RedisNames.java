package io.forebay.backends.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.cache.tier.TierKey;
import java.util.Locale;

/// What things are called in Redis. A slot, its pieces, the fences of its bucket and its lease have
/// the part in braces in common, so that a Redis Cluster keeps them together.
record RedisNames(String namespace) {

  /// Fences are spread over so many sets.
  private static final int BUCKETS = 256;

  byte[] slot(TierKey key) {
    return slotText(key).getBytes(UTF_8);
  }

  String slotText(TierKey key) {
    return bucket(key) + ":s:" + key.key();
  }

  byte[] fences(TierKey key) {
    return (bucket(key) + ":f").getBytes(UTF_8);
  }

  byte[] lease(TierKey key) {
    return (bucket(key) + ":l:" + key.key()).getBytes(UTF_8);
  }

  /// What the names of pieces begin with.
  String pieces(TierKey key) {
    return bucket(key) + ":p:";
  }

  /// @param number from 1
  byte[] piece(TierKey key, String id, int number) {
    return (pieces(key) + id + ":" + number).getBytes(UTF_8);
  }

  /// Where the ends of exclusive fills are told.
  String channel() {
    return namespace + ":filled";
  }

  private String bucket(TierKey key) {
    int hash = key.key().hashCode();
    int bucket = (hash ^ (hash >>> 16)) & (BUCKETS - 1);
    return String.format(Locale.ROOT, "{%s:%s:%02x}", namespace, key.cache(), bucket);
  }
}
