package io.forebay.server.access;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The tokens that are let in. Immutable.
public final class TokenRegistry {

  private final List<Known> known;

  private record Known(byte[] hash, Principal principal) {}

  /// One configured token.
  ///
  /// @param sha256 64 hexadecimal digits
  public record Grant(String name, Set<Role> roles, String sha256) {}

  public TokenRegistry(List<Grant> grants) {
    known =
        grants.stream()
            .map(
                grant ->
                    new Known(
                        HexFormat.of().parseHex(grant.sha256()),
                        new Principal(grant.name(), grant.roles())))
            .toList();
  }

  public boolean isEmpty() {
    return known.isEmpty();
  }

  /// Who holds this token. Takes the same time whichever token matches, or none.
  public Optional<Principal> holderOf(String secret) {
    byte[] hash = TokenHash.of(secret);
    Optional<Principal> holder = Optional.empty();
    for (Known candidate : known) {
      if (MessageDigest.isEqual(candidate.hash(), hash)) {
        holder = Optional.of(candidate.principal());
      }
    }
    return holder;
  }
}
