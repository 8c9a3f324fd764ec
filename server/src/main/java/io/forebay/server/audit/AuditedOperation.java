package io.forebay.server.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a row is about.
public enum AuditedOperation {
  /// A cache was created, or its settings changed.
  CACHE_PUT,
  CACHE_DELETE,
  ENTRY_PUT,
  ENTRY_DELETE,
  ENTRIES_BATCH_PUT,
  ENTRIES_BATCH_DELETE,
  INVALIDATE,
  IMPORT,
  /// The settings were read again.
  CONFIG_RELOAD,
  /// Forebay's own: rows could not be written for a while; the reason says how many.
  AUDIT_GAP;

  /// `cache_put`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The operation written so.
  public static Optional<AuditedOperation> named(String text) {
    return Arrays.stream(values()).filter(operation -> operation.text().equals(text)).findFirst();
  }
}
