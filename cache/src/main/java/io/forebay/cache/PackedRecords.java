package io.forebay.cache;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a resident lies in a block of [PackedMemory].
///
/// ```
/// bytes  0  4  the block's header          (PackedMemory's)
///        4  4  next in the chain           (guarded by the stripe's lock)
///        8  4  slot                        (guarded by the lock of the books)
///       12  4  hash
///       16  8  identity: the version, unless a tier gave that
///       24  1  flags
///       25     length of key, key, created, fresh span, stale span, load position, time the load
///              took, [epoch], [version], [number and weight of a value outside], [tags], [metadata],
///              [length of value, value]
/// ```
///
/// Numbers from byte 25 on are [PackedNumbers], but for the version, which takes eight bytes. Times
/// are nanoseconds since the cache was made; spans are in milliseconds where that is exact, so that
/// an hour takes four bytes. A long value is kept as an object in [OutsideValues].
///
/// Reading also works on a block that changes meanwhile: it then answers nonsense or throws a
/// [RuntimeException], but ends. Who reads without a lock checks afterwards whether it was so.
final class PackedRecords<K extends Comparable<? super K>, V> {

  /// Longer values stay objects: there the object's own overhead matters little, and every read
  /// would have to copy much.
  static final int LONGEST_VALUE = 4 << 10;

  private static final int NEXT = 4;
  private static final int SLOT = 8;
  private static final int HASH = 12;
  private static final int IDENTITY = 16;
  private static final int FLAGS = 24;
  private static final int VARIABLE = 25;

  private static final int SOFT_INVALIDATED = 1;
  private static final int HAS_TAGS = 2;
  private static final int HAS_METADATA = 4;
  private static final int IS_OUTSIDE = 8;
  private static final int OTHER_EPOCH = 16;
  private static final int OTHER_VERSION = 32;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final PackedMemory memory = new PackedMemory();
  private final OutsideValues<V> outside = new OutsideValues<>();
  private final Packing<K> keys;
  private final Packing<V> values;
  private final long originNanos;

  /// Of the first record: nearly all others are of its epoch.
  private volatile Position first = new Position(0, 0);

  PackedRecords(Packing<K> keys, Packing<V> values, long originNanos) {
    this.keys = keys;
    this.values = values;
    this.originNanos = originNanos;
  }

  PackedMemory memory() {
    return memory;
  }

  boolean fits(V value) {
    return values.packedBytes(value) <= LONGEST_VALUE;
  }

  // ---- writing

  /// What a record says besides key and draft.
  ///
  /// @param identity the cache's own number for it: a tier may give the same version twice
  /// @param outsideWeightBytes what the value weighs if it does not fit
  record Facts(
      int hash,
      long version,
      long identity,
      Position loadBegan,
      long loadNanos,
      long createdNanos,
      int outsideWeightBytes) {}

  /// No record of this key and draft is longer.
  long longestBytes(K key, Draft<V> draft) {
    return VARIABLE
        + 12L * PackedNumbers.LONGEST
        + keys.packedBytes(key)
        + tagsBytes(draft)
        + metadataBytes(draft)
        + (fits(draft.value()) ? values.packedBytes(draft.value()) : 0);
  }

  /// Writes a record into a new block.
  ///
  /// @return its reference
  int write(K key, Draft<V> draft, Facts facts) {
    if (first.epoch() == 0) {
      establishEpoch(facts.loadBegan);
    }
    int number = fits(draft.value()) ? -1 : outside.keep(draft.value());
    int reference = memory.allocate(Math.toIntExact(bytes(key, draft, facts, number)));
    MemorySegment segment = memory.segment(reference);
    long start = PackedMemory.offset(reference);
    segment.set(JAVA_INT, start + NEXT, PackedMemory.NONE);
    segment.set(JAVA_INT, start + SLOT, Resident.NO_SLOT);
    segment.set(JAVA_INT, start + HASH, facts.hash);
    segment.set(JAVA_LONG, start + IDENTITY, facts.identity);
    segment.set(JAVA_BYTE, start + FLAGS, (byte) flags(draft, facts, number));
    writeVariable(segment, start + VARIABLE, key, draft, facts, number);
    return reference;
  }

  private synchronized void establishEpoch(Position position) {
    if (first.epoch() == 0) {
      first = position;
    }
  }

  private int flags(Draft<V> draft, Facts facts, int outsideNumber) {
    return (draft.tags().isEmpty() ? 0 : HAS_TAGS)
        | (draft.metadata().isEmpty() ? 0 : HAS_METADATA)
        | (outsideNumber < 0 ? 0 : IS_OUTSIDE)
        | (isOfOtherEpoch(facts) ? OTHER_EPOCH : 0)
        | (facts.version == facts.identity ? 0 : OTHER_VERSION);
  }

  private boolean isOfOtherEpoch(Facts facts) {
    return facts.loadBegan.epoch() != first.epoch();
  }

  private long bytes(K key, Draft<V> draft, Facts facts, int outsideNumber) {
    int keyBytes = keys.packedBytes(key);
    long bytes =
        (long) VARIABLE
            + PackedNumbers.bytes(keyBytes)
            + keyBytes
            + PackedNumbers.bytes(facts.createdNanos - originNanos)
            + PackedNumbers.bytes(span(draft.lifetime().fresh().toNanos()))
            + PackedNumbers.bytes(span(draft.lifetime().stale().toNanos()))
            + PackedNumbers.bytes(facts.loadBegan.n())
            + PackedNumbers.bytes(facts.loadNanos)
            + (isOfOtherEpoch(facts) ? PackedNumbers.bytes(facts.loadBegan.epoch()) : 0)
            + (facts.version == facts.identity ? 0 : Long.BYTES)
            + tagsBytes(draft)
            + metadataBytes(draft);
    if (outsideNumber >= 0) {
      return bytes
          + PackedNumbers.bytes(outsideNumber)
          + PackedNumbers.bytes(facts.outsideWeightBytes);
    }
    int valueBytes = values.packedBytes(draft.value());
    return bytes + PackedNumbers.bytes(valueBytes) + valueBytes;
  }

  private void writeVariable(
      MemorySegment segment, long start, K key, Draft<V> draft, Facts facts, int outsideNumber) {
    int keyBytes = keys.packedBytes(key);
    long at = PackedNumbers.write(segment, start, keyBytes);
    keys.pack(key, segment, at);
    at = PackedNumbers.write(segment, at + keyBytes, facts.createdNanos - originNanos);
    at = PackedNumbers.write(segment, at, span(draft.lifetime().fresh().toNanos()));
    at = PackedNumbers.write(segment, at, span(draft.lifetime().stale().toNanos()));
    at = PackedNumbers.write(segment, at, facts.loadBegan.n());
    at = PackedNumbers.write(segment, at, facts.loadNanos);
    if (isOfOtherEpoch(facts)) {
      at = PackedNumbers.write(segment, at, facts.loadBegan.epoch());
    }
    if (facts.version != facts.identity) {
      segment.set(JAVA_LONG_UNALIGNED, at, facts.version);
      at += Long.BYTES;
    }
    if (outsideNumber >= 0) {
      at = PackedNumbers.write(segment, at, outsideNumber);
      at = PackedNumbers.write(segment, at, facts.outsideWeightBytes);
    }
    if (!draft.tags().isEmpty()) {
      at = PackedTexts.write(segment, at, draft.tags());
    }
    if (!draft.metadata().isEmpty()) {
      at = PackedTexts.write(segment, at, PackedTexts.flat(draft.metadata()));
    }
    if (outsideNumber < 0) {
      at = PackedNumbers.write(segment, at, values.packedBytes(draft.value()));
      values.pack(draft.value(), segment, at);
    }
  }

  private static long tagsBytes(Draft<?> draft) {
    return draft.tags().isEmpty() ? 0 : PackedTexts.bytes(draft.tags());
  }

  private static long metadataBytes(Draft<?> draft) {
    return draft.metadata().isEmpty() ? 0 : PackedTexts.bytes(PackedTexts.flat(draft.metadata()));
  }

  private static long span(long nanos) {
    return nanos % NANOS_PER_MILLI == 0 ? (nanos / NANOS_PER_MILLI) << 1 : (nanos << 1) | 1;
  }

  private static long spanNanos(long packed) {
    return (packed & 1) == 0 ? (packed >>> 1) * NANOS_PER_MILLI : packed >>> 1;
  }

  /// Copies a record into another block of the same size.
  ///
  /// @return the new block's reference; the old one is not freed
  int copy(int reference) {
    int bytes = memory.bytesOf(reference);
    int copy = memory.allocateExactly(bytes);
    int header = PackedMemory.HEADER_BYTES;
    MemorySegment.copy(
        memory.segment(reference),
        PackedMemory.offset(reference) + header,
        memory.segment(copy),
        PackedMemory.offset(copy) + header,
        bytes - header);
    return copy;
  }

  /// Gives back a record's block, and its value if that was kept outside.
  void free(int reference) {
    if ((flags(reference) & IS_OUTSIDE) != 0) {
      outside.drop(facts(reference).outsideNumber);
    }
    memory.free(reference);
  }

  // ---- single fields

  int next(int reference) {
    return memory.segment(reference).get(JAVA_INT, PackedMemory.offset(reference) + NEXT);
  }

  void setNext(int reference, int next) {
    memory.segment(reference).set(JAVA_INT, PackedMemory.offset(reference) + NEXT, next);
  }

  int slot(int reference) {
    return memory.segment(reference).get(JAVA_INT, PackedMemory.offset(reference) + SLOT);
  }

  void setSlot(int reference, int slot) {
    memory.segment(reference).set(JAVA_INT, PackedMemory.offset(reference) + SLOT, slot);
  }

  int hash(int reference) {
    return memory.segment(reference).get(JAVA_INT, PackedMemory.offset(reference) + HASH);
  }

  long identity(int reference) {
    return memory.segment(reference).get(JAVA_LONG, PackedMemory.offset(reference) + IDENTITY);
  }

  boolean isSoftInvalidated(int reference) {
    return (flags(reference) & SOFT_INVALIDATED) != 0;
  }

  void markSoftInvalidated(int reference) {
    byte marked = (byte) (flags(reference) | SOFT_INVALIDATED);
    memory.segment(reference).set(JAVA_BYTE, PackedMemory.offset(reference) + FLAGS, marked);
  }

  private int flags(int reference) {
    return memory.segment(reference).get(JAVA_BYTE, PackedMemory.offset(reference) + FLAGS);
  }

  boolean isOf(int reference, K key, int hash) {
    MemorySegment segment = memory.segment(reference);
    long start = PackedMemory.offset(reference);
    if (segment.get(JAVA_INT, start + HASH) != hash) {
      return false;
    }
    int keyBytes = PackedNumbers.readLength(segment, start + VARIABLE);
    long keyAt = start + VARIABLE + PackedNumbers.bytes(keyBytes);
    return keys.matches(key, segment, keyAt, keyBytes);
  }

  // ---- reading

  /// The numbers of a record, and where the rest begins.
  ///
  /// @param weightBytes of the block and of a value outside
  record View(
      int hash,
      int slot,
      long version,
      long identity,
      boolean softInvalidated,
      long createdNanos,
      long freshNanos,
      long staleNanos,
      Position loadBegan,
      long loadNanos,
      int weightBytes,
      int outsideNumber,
      int flags,
      MemorySegment segment,
      long keyAt,
      int keyBytes,
      long tagsAt) {}

  View facts(int reference) {
    MemorySegment segment = memory.segment(reference);
    long start = PackedMemory.offset(reference);
    int flags = segment.get(JAVA_BYTE, start + FLAGS);
    int keyBytes = PackedNumbers.readLength(segment, start + VARIABLE);
    long keyAt = start + VARIABLE + PackedNumbers.bytes(keyBytes);
    long at = keyAt + keyBytes;
    long created = PackedNumbers.read(segment, at);
    at += PackedNumbers.bytes(created);
    long fresh = PackedNumbers.read(segment, at);
    at += PackedNumbers.bytes(fresh);
    long stale = PackedNumbers.read(segment, at);
    at += PackedNumbers.bytes(stale);
    long n = PackedNumbers.read(segment, at);
    at += PackedNumbers.bytes(n);
    long loadNanos = PackedNumbers.read(segment, at);
    at += PackedNumbers.bytes(loadNanos);
    Position began = first;
    if ((flags & OTHER_EPOCH) != 0) {
      long epoch = PackedNumbers.read(segment, at);
      at += PackedNumbers.bytes(epoch);
      began = new Position(epoch, n);
    } else if (began.n() != n) {
      began = new Position(began.epoch(), n);
    }
    long identity = segment.get(JAVA_LONG, start + IDENTITY);
    long version = identity;
    if ((flags & OTHER_VERSION) != 0) {
      version = segment.get(JAVA_LONG_UNALIGNED, at);
      at += Long.BYTES;
    }
    int weight = memory.bytesOf(reference);
    int outsideNumber = -1;
    if ((flags & IS_OUTSIDE) != 0) {
      outsideNumber = (int) PackedNumbers.read(segment, at);
      at += PackedNumbers.bytes(outsideNumber);
      long outsideWeight = PackedNumbers.read(segment, at);
      at += PackedNumbers.bytes(outsideWeight);
      weight += (int) outsideWeight;
    }
    return new View(
        segment.get(JAVA_INT, start + HASH),
        segment.get(JAVA_INT, start + SLOT),
        version,
        identity,
        (flags & SOFT_INVALIDATED) != 0,
        originNanos + created,
        spanNanos(fresh),
        spanNanos(stale),
        began,
        loadNanos,
        weight,
        outsideNumber,
        flags,
        segment,
        keyAt,
        keyBytes,
        at);
  }

  K key(View view) {
    return keys.unpack(view.segment, view.keyAt, view.keyBytes);
  }

  List<String> tags(View view) {
    return (view.flags & HAS_TAGS) == 0 ? List.of() : PackedTexts.read(view.segment, view.tagsAt);
  }

  private long metadataAt(View view) {
    return (view.flags & HAS_TAGS) == 0
        ? view.tagsAt
        : view.tagsAt + PackedTexts.skip(view.segment, view.tagsAt);
  }

  Map<String, String> metadata(View view) {
    return (view.flags & HAS_METADATA) == 0
        ? Map.of()
        : PackedTexts.mapOf(PackedTexts.read(view.segment, metadataAt(view)));
  }

  @Nullable V value(View view) {
    if (view.outsideNumber >= 0) {
      return outside.value(view.outsideNumber);
    }
    long at = metadataAt(view);
    if ((view.flags & HAS_METADATA) != 0) {
      at += PackedTexts.skip(view.segment, at);
    }
    int valueBytes = PackedNumbers.readLength(view.segment, at);
    return values.unpack(view.segment, at + PackedNumbers.bytes(valueBytes), valueBytes);
  }
}
