package io.forebay.cache;

import java.util.List;
import java.util.Objects;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Reference counts in every order of steps that Lincheck has time for: who got a reference can
/// read, the last one to let go ends the value, once, and nobody gets a reference after that.
class ByteValueLincheckTest {

  private static final byte[] CONTENT = {1, 2, 3};

  @Test
  void whoGotAReferenceCanReadAndTheLastOneToLetGoEndsTheValue() {
    Lincheck.runConcurrentTest(300, ByteValueLincheckTest::useWhileTheOwnerLetsGo);
  }

  @Tag("long")
  @Test
  void whoGotAReferenceCanReadAndTheLastOneToLetGoEndsTheValueForLong() {
    Lincheck.runConcurrentTest(20_000, ByteValueLincheckTest::useWhileTheOwnerLetsGo);
  }

  private static void useWhileTheOwnerLetsGo() {
    ByteValue value = ByteValue.copyOf(CONTENT);
    boolean[] late = new boolean[1];
    Thread one = new Thread(() -> use(value));
    Thread other = new Thread(() -> late[0] = use(value) && value.references() < 0);
    one.start();
    other.start();
    value.release();
    LincheckThreads.join(List.of(one, other));
    check(value.references() == 0, "references left: " + value.references());
    check(!late[0], "counted below zero");
    check(!value.tryRetain(), "came back to life");
    check(!isReadable(value), "could be read after its end");
  }

  private static boolean use(ByteValue value) {
    if (!value.tryRetain()) {
      return false;
    }
    check(value.hasContent(CONTENT), "other content"); // throws if the bytes are gone
    value.release();
    return true;
  }

  private static boolean isReadable(ByteValue value) {
    try {
      return Objects.nonNull(value.toByteArray());
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
