package io.forebay.server.access;

import java.security.SecureRandom;
import java.util.Base64;

/// A token just made.
///
/// @param secret what the client sends; `fb_` and 256 random bits
/// @param sha256 what the settings hold, 64 hexadecimal digits
public record NewToken(String secret, String sha256) {

  private static final int RANDOM_BYTES = 32;

  public static NewToken create() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String secret = "fb_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    return new NewToken(secret, TokenHash.hex(TokenHash.of(secret)));
  }

  /// Without the secret: this may end up in a log.
  @Override
  public String toString() {
    return "NewToken[sha256=" + sha256 + "]";
  }
}
