package io.forebay.http;

import java.util.Optional;

/// Stands where a body is still being written; gone before this branch is merged.
public final class Sketch {

  private Sketch() {}

  /// Always throws.
  @SuppressWarnings("TypeParameterUnusedInFormals") // it never returns
  public static <T> T notYet(String what) {
    return Optional.<T>empty()
        .orElseThrow(() -> new UnsupportedOperationException(what + " is being written"));
  }
}
