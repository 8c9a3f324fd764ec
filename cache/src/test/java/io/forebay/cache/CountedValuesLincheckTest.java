package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;

import io.forebay.cache.testing.TestingTimeSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A whole cache of counted values: it behaves as a map, a reader always can read the value that it
/// got, and in the end only what is in the cache has a reference.
class CountedValuesLincheckTest {

  @Test
  void aReaderHoldsWhatIsReplacedOrRemovedAndNothingIsHeldForEver() {
    options(3, 100).check(Operations.class);
  }

  @Tag("long")
  @Test
  void aReaderHoldsWhatIsReplacedOrRemovedAndNothingIsHeldForEverForLong() {
    options(30, 1_000).check(Operations.class);
  }

  private static ModelCheckingOptions options(int scenarios, int orders) {
    return new ModelCheckingOptions()
        .iterations(scenarios)
        .invocationsPerIteration(orders)
        .threads(2)
        .actorsBefore(2)
        .actorsPerThread(3)
        .actorsAfter(1)
        .loopBound(10_000)
        .sequentialSpecification(Model.class)
        .minimizeFailedScenario(false);
  }

  /// What Lincheck calls.
  @Param(name = "key", gen = IntGen.class, conf = "0:1")
  @Param(name = "value", gen = IntGen.class, conf = "1:99")
  public static final class Operations {

    private final Cache<String, ByteValue> cache =
        CacheBuilder.<ByteValue>withTextKeys("lincheck")
            .maxEntries(8)
            .evictionPolicy("fifo")
            .timeSource(new TestingTimeSource())
            .upkeep(Upkeep.manual())
            .build();
    private final ConcurrentLinkedQueue<ByteValue> made = new ConcurrentLinkedQueue<>();

    @Operation
    public @Nullable Integer get(@Param(name = "key") int key) {
      try (Entry<String, ByteValue> entry = cache.get("k" + key)) {
        return entry == null ? null : (int) entry.value().toByteArray()[0];
      }
    }

    @Operation
    public boolean put(@Param(name = "key") int key, @Param(name = "value") int value) {
      ByteValue bytes = ByteValue.copyOf(new byte[] {(byte) value});
      made.add(bytes);
      WriteOutcome outcome = cache.put("k" + key, Draft.of(bytes, HOUR), Precondition.NONE);
      bytes.release();
      return outcome instanceof WriteOutcome.Stored;
    }

    @Operation
    public boolean remove(@Param(name = "key") int key) {
      return cache.remove("k" + key, Precondition.NONE) instanceof RemoveOutcome.Removed;
    }

    @Validate
    public void onlyWhatIsInTheCacheIsHeld() {
      int references = 0;
      for (ByteValue value : made) {
        references += value.references();
      }
      if (references != cache.statistics().entries()) {
        throw new AssertionError(
            references + " references to " + cache.statistics().entries() + " entries");
      }
    }
  }

  /// What they must behave as.
  public static final class Model {

    private final Map<Integer, Integer> map = new HashMap<>();

    public @Nullable Integer get(int key) {
      return map.get(key);
    }

    public boolean put(int key, int value) {
      map.put(key, value);
      return true;
    }

    public boolean remove(int key) {
      return map.remove(key) != null;
    }
  }
}
