package io.forebay.server.audit;

/// The store cannot be read or written: it is away, or its disk is full.
public final class AuditStoreException extends Exception {

  private static final long serialVersionUID = 1;

  /// @param message for the log: never holds a password
  AuditStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
