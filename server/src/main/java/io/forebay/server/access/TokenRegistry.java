package io.forebay.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The tokens that are let in. Immutable.
public final class TokenRegistry {

  private final List<Known> known;

  /// @param hash lower-case hexadecimal
  private record Known(String hash, Principal principal) {}

  /// One configured token.
  ///
  /// @param sha256 64 hexadecimal digits
  public record Grant(String name, Set<Role> roles, String sha256) {}

  public TokenRegistry(List<Grant> grants) {
    known =
        grants.stream()
            .map(grant ->
                new Known(
                    grant.sha256().toLowerCase(Locale.ROOT),
                    new Principal(grant.name(), grant.roles())))
            .toList();
  }

  public boolean isEmpty() {
    return known.isEmpty();
  }

  /// Who holds this token. Takes the same time whichever token matches, or none.
  public Optional<Principal> holderOf(String secret) {
    byte[] hash = ascii(TokenHash.hex(TokenHash.of(secret)));
    Optional<Principal> holder = Optional.empty();
    for (Known candidate : known) {
      if (MessageDigest.isEqual(ascii(candidate.hash()), hash)) {
        holder = Optional.of(candidate.principal());
      }
    }
    return holder;
  }

  private static byte[] ascii(String hexadecimal) {
    return hexadecimal.getBytes(StandardCharsets.US_ASCII);
  }
}
