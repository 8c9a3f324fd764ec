package io.forebay.proxy.origin;

/// Hears how an origin's answer goes. Called on any thread, must not wait. After one of the last
/// three the connection is no longer used for it.
interface AnswerListener {

  /// Nobody cares.
  AnswerListener NOBODY =
      new AnswerListener() {
        @Override
        public void answered(int status) {}

        @Override
        public void whole() {}

        @Override
        public void broken() {}

        @Override
        public void unwanted() {}
      };

  /// The head of the final response is there; before any of the others.
  void answered(int status);

  /// The body came to its end.
  void whole();

  /// The body broke off, or nothing of it came for too long.
  void broken();

  /// The rest of the body is not wanted.
  void unwanted();
}
