package io.forebay.backends.packing;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// Keys of AES-256 by their names. The first encrypts, all of them decrypt: a new one goes before
/// the others, and an old one goes when nothing lives any more that was written with it.
public final class EncryptionKeys {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int KEY_BYTES = 32;
  private static final int MOST = 64;

  private final String first;
  private final Map<String, SecretKey> byName;

  private EncryptionKeys(String first, Map<String, SecretKey> byName) {
    this.first = first;
    this.byName = Map.copyOf(byName);
  }

  /// What came of reading keys.
  public sealed interface Reading {
    record Good(EncryptionKeys keys) implements Reading {}

    /// @param why without any part of a key
    record Bad(String why) implements Reading {}
  }

  /// Reads `name:base64` of 32 bytes each, separated by commas or lines; lines that begin with `#`
  /// are comments.
  public static Reading read(String text) {
    Map<String, SecretKey> byName = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.split("[\\n,]", -1)) {
      String item = line.strip();
      if (item.isEmpty() || item.startsWith("#")) {
        continue;
      }
      number++;
      int colon = item.indexOf(':');
      String name = colon < 0 ? "" : item.substring(0, colon).strip();
      Optional<SecretKey> key = colon < 0 ? Optional.empty() : key(item.substring(colon + 1));
      if (!NAME.matcher(name).matches() || key.isEmpty()) {
        return new Reading.Bad(
            "key number "
                + number
                + " is no name, a colon, and 32 bytes in base64 (openssl rand -base64 32)");
      }
      if (byName.put(name, key.get()) != null) {
        return new Reading.Bad("two keys are named " + name);
      }
    }
    if (byName.isEmpty() || byName.size() > MOST) {
      return new Reading.Bad("there have to be 1 to " + MOST + " keys, not " + byName.size());
    }
    return new Reading.Good(new EncryptionKeys(byName.keySet().iterator().next(), byName));
  }

  private static Optional<SecretKey> key(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64.strip());
      return bytes.length == KEY_BYTES
          ? Optional.of(new SecretKeySpec(bytes, "AES"))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The name of the key that encrypts.
  String first() {
    return first;
  }

  Optional<SecretKey> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// Names alone: this may end up in a log.
  @Override
  public String toString() {
    return "EncryptionKeys[" + first + " of " + byName.size() + "]";
  }
}
