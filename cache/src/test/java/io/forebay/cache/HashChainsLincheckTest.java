package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;

import io.forebay.cache.testing.TestingTimeSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Readers without a lock beside writers that take turns: together they behave as a map would, in
/// every order of their steps that Lincheck has time for. The table is about to grow, so that some
/// orders have it grow once, some twice under a reader.
class HashChainsLincheckTest {

  @Test
  void readersSeeAMapWhileWritersTakeTurns() {
    options(3, 100).check(Operations.class);
  }

  @Tag("long")
  @Test
  void readersSeeAMapWhileWritersTakeTurnsForLong() {
    options(30, 1_000).check(Operations.class);
  }

  @Test
  void aReaderFindsWhatIsPresentWhileTheTableGrows() {
    Lincheck.runConcurrentTest(300, HashChainsLincheckTest::readWhileTheTableGrows);
  }

  @Tag("long")
  @Test
  void aReaderFindsWhatIsPresentWhileTheTableGrowsForLong() {
    Lincheck.runConcurrentTest(10_000, HashChainsLincheckTest::readWhileTheTableGrows);
  }

  /// It grows twice, so that a link serves the first table, then the third.
  private static void readWhileTheTableGrows() {
    Operations chains = new Operations();
    chains.put(0, 50);
    chains.put(1, 51);
    Thread writer =
        new Thread(() -> {
          for (int key = 2; key < 11; key++) {
            chains.put(key, key);
          }
          chains.remove(2);
        });
    writer.start();
    for (int i = 0; i < 2; i++) {
      expect(chains.get(0), 50);
      expect(chains.get(1), 51);
    }
    LincheckThreads.join(List.of(writer));
    expect(chains.get(0), 50);
    expect(chains.get(5), 5);
  }

  private static void expect(@Nullable Integer found, int expected) {
    if (found == null || found != expected) {
      throw new AssertionError("found " + found + " instead of " + expected);
    }
  }

  private static ModelCheckingOptions options(int scenarios, int orders) {
    return new ModelCheckingOptions()
        .iterations(scenarios)
        .invocationsPerIteration(orders)
        .threads(3)
        .actorsBefore(1)
        .actorsPerThread(3)
        .actorsAfter(1)
        .sequentialSpecification(Model.class)
        .minimizeFailedScenario(false);
  }

  /// What Lincheck calls, on chains that grow with the third new key.
  @Param(name = "key", gen = IntGen.class, conf = "0:3")
  @Param(name = "value", gen = IntGen.class, conf = "1:99")
  public static final class Operations {

    private static final int FILLERS = 4; // of six before it grows

    private final Clocks clocks = new Clocks(new TestingTimeSource());
    private final HashChains<Integer, Integer> chains = new HashChains<>();
    private long versions;

    public Operations() {
      for (int i = 0; i < FILLERS; i++) {
        put(100 + i, i);
      }
    }

    @Operation
    public @Nullable Integer get(@Param(name = "key") int key) {
      return valueOf(chains.get(key, hash(key)));
    }

    @Operation
    public synchronized @Nullable Integer put(
        @Param(name = "key") int key, @Param(name = "value") int value) {
      Draft<Integer> draft = Draft.of(value, HOUR);
      return valueOf(
          chains.put(
              new HeapResident<>(
                  key, hash(key), draft, ++versions, new Position(1, 0), 0, 1, 0, clocks)));
    }

    @Operation
    public synchronized @Nullable Integer remove(@Param(name = "key") int key) {
      HeapResident<Integer, Integer> found = chains.find(key, hash(key));
      return found != null && chains.remove(found) ? found.value() : null;
    }

    private static @Nullable Integer valueOf(@Nullable Resident<Integer, Integer> resident) {
      return resident == null ? null : resident.value();
    }

    /// Two buckets for all keys, so that chains are long, and are divided when the table grows.
    private static int hash(int key) {
      return (key * 4) << Stripe.BITS;
    }
  }

  /// What they must behave as.
  public static final class Model {

    private final Map<Integer, Integer> map = new HashMap<>();

    public @Nullable Integer get(int key) {
      return map.get(key);
    }

    public @Nullable Integer put(int key, int value) {
      return map.put(key, value);
    }

    public @Nullable Integer remove(int key) {
      return map.remove(key);
    }
  }
}
