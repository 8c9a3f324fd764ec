package io.forebay.cache.testing;

import java.util.ArrayList;
import java.util.List;

/// What a test has opened: closed at its end, the last first. For a field with JUnit's
/// `@AutoClose`.
public final class Opened implements AutoCloseable {

  private final List<AutoCloseable> all = new ArrayList<>();

  public <T extends AutoCloseable> T add(T one) {
    all.add(one);
    return one;
  }

  public int size() {
    return all.size();
  }

  /// Closes all of them, also when one of them fails.
  @Override
  public void close() {
    AssertionError failed = null;
    for (AutoCloseable one : all.reversed()) {
      try {
        one.close();
      } catch (Throwable e) {
        AssertionError again = new AssertionError("Does not close: " + one, e);
        if (failed == null) {
          failed = again;
        } else {
          failed.addSuppressed(again);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
