package io.forebay.server.caches;

import java.time.Duration;

/// Hears of every entry that a client wrote or deleted, after it has happened. Called on the
/// client's thread: must neither wait nor fail.
public interface WriteObserver {

  /// Nobody.
  WriteObserver NONE =
      new WriteObserver() {
        @Override
        public void written(String cache, String key, StoredValue value, Duration fresh) {}

        @Override
        public void deleted(String cache, String key) {}
      };

  /// @param fresh for how long
  void written(String cache, String key, StoredValue value, Duration fresh);

  void deleted(String cache, String key);
}
