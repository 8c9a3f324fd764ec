package io.forebay.server.access;

import java.util.Set;

/// Who sends a request.
///
/// @param name for logs and audit; never secret
public record Principal(String name, Set<Role> roles) {

  /// Whoever can reach a listener that has no tokens: somebody on this machine.
  public static final Principal LOCAL = new Principal("local", Set.of(Role.ADMIN));

  /// Whoever asks for what is open to all.
  public static final Principal ANYONE = new Principal("anyone", Set.of());

  public Principal {
    roles = Set.copyOf(roles);
  }

  public boolean may(Role needed) {
    return roles.stream().anyMatch(role -> role.includes(needed));
  }
}
