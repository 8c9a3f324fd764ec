package io.forebay.cache;

import java.util.List;

/// Threads of a test that Lincheck runs.
final class LincheckThreads {

  private LincheckThreads() {}

  static void join(List<Thread> threads) {
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
