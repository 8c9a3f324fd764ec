package io.forebay.server.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a token may do. Each role includes [#READ]; [#ADMIN] includes all.
public enum Role {
  /// See entries, listings, statistics and metrics.
  READ,
  /// Also write and delete entries.
  WRITE,
  /// Also invalidate; not write.
  PURGE,
  /// Everything, creating and deleting caches included.
  ADMIN;

  /// The role written so in settings (lower case).
  public static Optional<Role> named(String text) {
    return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether a holder of this role may do what needs `needed`.
  public boolean includes(Role needed) {
    return this == ADMIN || this == needed || needed == READ;
  }
}
