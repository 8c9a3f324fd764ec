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

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : all.reversed()) {
      one.close();
    }
  }
}
