package io.forebay.server.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What became of a change.
public enum AuditOutcome {
  /// Not known: it is under way, or the process ended in the middle of it.
  BEGUN,
  DONE,
  /// It was refused and changed nothing.
  REFUSED,
  /// Something unexpected happened; it may have changed something.
  FAILED;

  /// `done`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<AuditOutcome> named(String text) {
    return Arrays.stream(values()).filter(outcome -> outcome.text().equals(text)).findFirst();
  }
}
