package io.forebay.server.settings;

/// What became of reading a value from text.
sealed interface Parsed<T> {

  record Good<T>(T value) implements Parsed<T> {}

  /// @param why what is wrong beyond "not of this type"; empty if the expectation says it all
  record Bad<T>(String why) implements Parsed<T> {}

  static <T> Parsed<T> good(T value) {
    return new Good<>(value);
  }

  static <T> Parsed<T> bad() {
    return new Bad<>("");
  }

  static <T> Parsed<T> bad(String why) {
    return new Bad<>(why);
  }
}
