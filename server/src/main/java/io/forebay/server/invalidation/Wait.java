package io.forebay.server.invalidation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What an answer waits for, besides being in force on the node that answers.
public enum Wait {
  /// Nothing.
  LOCAL,
  /// In force on every node, and accepted by every target downstream.
  ALL,
  /// That, and swept on every node: the memory is given back, and the counts are final.
  SWEPT;

  /// The one written so in requests (lower case).
  public static Optional<Wait> named(String text) {
    return Arrays.stream(values()).filter(wait -> wait.text().equals(text)).findFirst();
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
