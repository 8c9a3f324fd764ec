package io.forebay.backends.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A Lua script: all of it happens, or nothing, and nothing else meanwhile.
///
/// @param sha1 by which Redis knows it once it has seen it
record Script(String source, String sha1) {

  /// Reads `name.lua` from beside this class.
  static Script named(String name) {
    return named(name, "#!lua");
  }

  /// The same, to be run also when Redis has no memory left.
  static Script inNeed(String name) {
    return named(name, "#!lua flags=allow-oom");
  }

  private static Script named(String name, String firstLine) {
    try (InputStream resource = Script.class.getResourceAsStream(name + ".lua")) {
      if (resource == null) {
        throw new IllegalStateException("no script " + name);
      }
      String source =
          firstLine + "\n" + new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      return new Script(source, sha1(source));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String source) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1"); // Redis's choice
      return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException everyJvmHasIt) {
      throw new IllegalStateException(everyJvmHasIt);
    }
  }
}
