package io.forebay.cache;

import static io.forebay.cache.TestCaches.HOUR;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.forebay.cache.testing.TestingTimeSource;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The sequence lock: readers who copy entries outside the heap without a lock, beside writers that
/// put, remove and move these entries and reuse their blocks, see what a map would answer, in every
/// order of steps that Lincheck has time for. Lincheck switches threads where objects on the heap
/// are touched, so [TornPacking] touches one in the middle of every value.
///
/// Lincheck runs one step after another, as no real processor does: what the fences are for is
/// shown by [PackedCacheTest], as far as the processor at hand shows it.
class PackedChainsLincheckTest {

  @Test
  void readersSeeAMapWhileEntriesAreReplacedAndMoved() {
    options(1, 60).check(Operations.class);
  }

  @Tag("long")
  @Test
  void readersSeeAMapWhileEntriesAreReplacedAndMovedForLong() {
    options(10, 500).check(Operations.class);
  }

  @Test
  void aReaderSeesAWholeValueWhileItsBlockGoesToAnother() throws ReflectiveOperationException {
    blocksReused(150).check(Operations.class);
  }

  @Tag("long")
  @Test
  void aReaderSeesAWholeValueWhileItsBlockGoesToAnotherForLong()
      throws ReflectiveOperationException {
    blocksReused(3_000).check(Operations.class);
  }

  /// Key 0 is present all the time; its block becomes key 1's, and the other way round.
  private static ModelCheckingOptions blocksReused(int orders) throws ReflectiveOperationException {
    List<Actor> writer =
        List.of(put(0, 11), put(1, 20), on("move", 0), on("remove", 1), put(0, 13));
    List<Actor> reader = List.of(on("get", 0), on("get", 1), on("get", 0));
    return options(0, orders)
        .addCustomScenario(
            new ExecutionScenario(
                List.of(put(0, 10)), List.of(writer, reader), List.of(on("get", 0)), null));
  }

  @Test
  void aReaderPassesWhatIsBeingMoved() throws ReflectiveOperationException {
    moved(100).check(Operations.class);
  }

  @Tag("long")
  @Test
  void aReaderPassesWhatIsBeingMovedForLong() throws ReflectiveOperationException {
    moved(2_000).check(Operations.class);
  }

  /// The two share a bucket, and 104 stands before 100.
  private static ModelCheckingOptions moved(int orders) throws ReflectiveOperationException {
    List<Actor> writer = List.of(on("move", 104), on("move", 104));
    List<Actor> reader = List.of(on("get", 100), on("get", 100));
    return options(0, orders)
        .addCustomScenario(
            new ExecutionScenario(List.of(), List.of(writer, reader), List.of(), null));
  }

  private static Actor on(String operation, int key) throws ReflectiveOperationException {
    return new Actor(Operations.class.getMethod(operation, int.class), List.of(key));
  }

  private static Actor put(int key, int value) throws ReflectiveOperationException {
    return new Actor(Operations.class.getMethod("put", int.class, int.class), List.of(key, value));
  }

  private static ModelCheckingOptions options(int scenarios, int orders) {
    return new ModelCheckingOptions()
        .iterations(scenarios)
        .invocationsPerIteration(orders)
        .threads(2)
        .actorsBefore(2)
        .actorsPerThread(4)
        .actorsAfter(2)
        .addGuarantee(forClasses(PackedChainsLincheckTest::isOneStep).allMethods().treatAsAtomic())
        .sequentialSpecification(Model.class)
        .minimizeFailedScenario(false);
  }

  /// The JDK's own is of no interest here.
  private static boolean isOneStep(String className) {
    return className.startsWith("java.lang.") || className.startsWith("jdk.internal.");
  }

  /// What Lincheck calls, on chains that are about to grow.
  @Param(name = "key", gen = IntGen.class, conf = "0:2")
  @Param(name = "value", gen = IntGen.class, conf = "1:99")
  public static final class Operations {

    private static final int FILLERS = 7; // of eight before it grows

    private final PackedStorage<Integer, Integer> storage =
        new PackedStorage<>(
            new TestingIntegerPacking(),
            new TornPacking(),
            (_, _) -> 1,
            new Clocks(new TestingTimeSource()));
    private final PackedChains<Integer, Integer> chains =
        (PackedChains<Integer, Integer>) storage.newChains(this);
    private long versions;

    public Operations() {
      for (int i = 0; i < FILLERS; i++) {
        put(100 + i, i);
      }
    }

    /// Any thread, no lock.
    @Operation
    public @Nullable Integer get(@Param(name = "key") int key) {
      Resident<Integer, Integer> found = chains.get(key, hash(key));
      return found == null ? null : found.value();
    }

    @Operation
    public synchronized boolean put(
        @Param(name = "key") int key, @Param(name = "value") int value) {
      Resident<Integer, Integer> arriving =
          storage.resident(
              key,
              hash(key),
              Draft.of(value, HOUR),
              ++versions,
              versions,
              new Position(1, 0),
              0,
              1,
              storage.clocks().nanoTime());
      Resident<Integer, Integer> replaced = chains.put(arriving);
      if (replaced == null) {
        storage.holders().take(arriving);
        return false;
      }
      storage.holders().pass(replaced.slot(), arriving);
      replaced.release();
      return true;
    }

    @Operation
    public synchronized boolean remove(@Param(name = "key") int key) {
      Resident<Integer, Integer> found = chains.find(key, hash(key));
      if (found == null || !chains.remove(found)) {
        return false;
      }
      storage.holders().release(found.slot());
      found.release();
      return true;
    }

    /// As compaction does it.
    @Operation
    public synchronized boolean move(@Param(name = "key") int key) {
      Resident<Integer, Integer> found = chains.find(key, hash(key));
      if (found == null) {
        return false;
      }
      int reference = ((PackedResident<Integer, Integer>) found).reference();
      chains.move(reference, (PackedStorage<Integer, Integer>.PackedHolders) storage.holders());
      return true;
    }

    private static int hash(int key) {
      return (key * 4) << Stripe.BITS;
    }
  }

  /// What they must behave as.
  public static final class Model {

    private final Map<Integer, Integer> map = new HashMap<>();

    public Model() {
      for (int i = 0; i < Operations.FILLERS; i++) {
        map.put(100 + i, i);
      }
    }

    public @Nullable Integer get(int key) {
      return map.get(key);
    }

    public boolean put(int key, int value) {
      return map.put(key, value) != null;
    }

    public boolean remove(int key) {
      return map.remove(key) != null;
    }

    public boolean move(int key) {
      return map.containsKey(key);
    }
  }

  /// The number in two bytes, or in two bytes a few KiB apart (which makes it a value that is kept
  /// as an object), with a place for Lincheck to switch threads between them. Bytes that do not
  /// belong together make a number that nobody put.
  static final class TornPacking implements Packing<Integer> {

    private static final int TORN = 1_000_000;

    private volatile int between;

    @Override
    public int packedBytes(Integer unpacked) {
      return unpacked % 3 == 0 ? PackedRecords.LONGEST_VALUE + 1 : 2;
    }

    @Override
    public void pack(Integer unpacked, MemorySegment target, long offset) {
      target.set(JAVA_BYTE, offset, unpacked.byteValue());
      between = unpacked;
      target.set(JAVA_BYTE, offset + 1, unpacked.byteValue());
    }

    @Override
    public Integer unpack(MemorySegment source, long offset, int length) {
      byte one = source.get(JAVA_BYTE, offset);
      int ignored = between;
      byte other = source.get(JAVA_BYTE, offset + 1);
      return one == other ? (int) one : TORN + ignored;
    }
  }
}
