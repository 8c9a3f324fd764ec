package io.forebay.backends.memcached;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.cache.tier.TierKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/// What things are called in Memcached, whose keys have at most 250 bytes and neither spaces nor
/// control characters: a slot is called by its key if that can be, else by its SHA-256. The item
/// then holds the key, and who reads it compares.
///
/// Caches have names without colons, so no two slots share a name.
record MemcachedNames(String namespace) {

  private static final int LONGEST = 250;

  /// @param hashed whether the item has to hold the key
  record Name(String text, boolean hashed) {}

  Name slot(TierKey key) {
    String plain = namespace + ":k:" + key.cache() + ":" + key.key();
    return plain.length() <= LONGEST && isPlain(plain)
        ? new Name(plain, false)
        : new Name(namespace + ":h:" + sha256(key.cache() + ":" + key.key()), true);
  }

  String piece(long id, int number) {
    return namespace + ":p:" + String.format(Locale.ROOT, "%016x", id) + ":" + number;
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static String sha256(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException everyJvmHasIt) {
      throw new IllegalStateException(everyJvmHasIt);
    }
  }
}
