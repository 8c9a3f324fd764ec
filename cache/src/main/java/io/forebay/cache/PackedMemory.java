package io.forebay.cache;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Memory outside the heap, given out in blocks. A block is named by a **reference**, an `int`: the
/// number of its slab and its place there in units of 8 bytes, so that one cache can have 32 GiB.
///
/// **Slabs** are 1 MiB; a small cache begins with 8 KiB and doubles. They are filled from front to
/// back. A freed block waits in a list of its size for the next of that size, or up to an eighth
/// less. Blocks are never split or joined: where sizes change, idle ones pile up until they are
/// more than an eighth of the whole, and then [#compact] has the emptiest slab's blocks moved away
/// and gives the slab back. So what is reserved is at most 8/7 of what is used, and a slab or two.
///
/// A block begins with a header of four bytes: its size in units and whether it is used. A free one
/// goes on with the references of its list's next and previous.
///
/// **Readers.** Blocks are read by threads that take no lock, also after they were freed; those
/// check later whether what they read was still theirs. A slab that is given back is unmapped, so
/// they may also meet an [IllegalStateException] there, or a missing slab.
///
/// Thread-safe; its lock is the innermost of the cache's.
final class PackedMemory {

  /// No block.
  static final int NONE = 0;

  static final int HEADER_BYTES = 4;

  private static final int UNIT_BITS = 3;
  private static final int UNIT_BYTES = 1 << UNIT_BITS;
  private static final int LARGEST_SLAB = 1 << 20;
  private static final int SMALLEST_SLAB = 1 << 13;
  private static final int PLACE_BITS = 20 - UNIT_BITS;
  private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;
  private static final int MOST_SLABS = 1 << (32 - PLACE_BITS);

  /// Larger blocks have a slab for themselves.
  private static final int LARGEST_SHARING = 16 << 10;

  private static final int LEAST_BLOCK = 16;
  private static final int USED = 1 << 31;

  /// Free, but in no list: its slab is being emptied.
  private static final int RETIRED = 1 << 30;

  private static final int SIZE_MASK = RETIRED - 1;
  private static final int NEXT = 4;
  private static final int PREVIOUS = 8;

  /// Less than that is not worth a move (128 KiB).
  private static final int TOLERATED_IDLE = 128 << 10;

  private volatile @Nullable MemorySegment[] segments = new @Nullable MemorySegment[4];

  // Guarded by this.
  private @Nullable Slab[] slabs = new @Nullable Slab[4];
  private int[] freeLists = new int[16];
  private @Nullable Slab current;
  private @Nullable Slab spare;
  private @Nullable Slab draining;
  private long reservedBytes;
  private long usedBytes;
  private boolean closed;

  private static final class Slab {
    final int number;
    final Arena arena = Arena.ofShared();
    final MemorySegment segment;

    /// Bytes from here on were never given out.
    int top;

    int usedBytes;

    /// How far it has been emptied.
    int cursor;

    Slab(int number, int bytes) {
      this.number = number;
      this.segment = arena.allocate(bytes, UNIT_BYTES);
      this.top = firstPlace();
    }

    /// Reference 0 is nobody's.
    int firstPlace() {
      return number == 0 ? UNIT_BYTES : 0;
    }

    int bytes() {
      return (int) segment.byteSize();
    }
  }

  // ---- for readers and owners of blocks

  /// The slab that the block lies in.
  @SuppressWarnings("NullAway") // a reader that meets null looks again
  MemorySegment segment(int reference) {
    return segments[reference >>> PLACE_BITS];
  }

  /// Where in its slab the block begins, header included.
  static int offset(int reference) {
    return (reference & PLACE_MASK) << UNIT_BITS;
  }

  /// The size of a used block, header included.
  int bytesOf(int reference) {
    return (segment(reference).get(JAVA_INT, offset(reference)) & SIZE_MASK) << UNIT_BITS;
  }

  /// A block for so many bytes, header included.
  ///
  /// @throws OutOfMemoryError if the system has no more, or the cache would exceed 32 GiB
  synchronized int allocate(int bytes) {
    int rounded = rounded(bytes);
    return allocate(rounded, rounded + rounded / 8);
  }

  /// A block of just as many bytes as another has ([#bytesOf]), for what is moved there: it must
  /// not grow, or its entry would take more from the cache's weight than it had added.
  synchronized int allocateExactly(int bytes) {
    int rounded = rounded(bytes);
    return allocate(rounded, rounded);
  }

  private static int rounded(int bytes) {
    return Math.max(LEAST_BLOCK, (bytes + UNIT_BYTES - 1) & -UNIT_BYTES);
  }

  private int allocate(int bytes, int atMost) {
    int reference = reuse(bytes, atMost);
    if (reference == NONE) {
      reference = carve(bytes);
    }
    use(reference);
    return reference;
  }

  /// Gives a block back, once.
  synchronized void free(int reference) {
    Slab slab = slabOf(reference);
    int size = sizeAt(slab, offset(reference));
    slab.usedBytes -= size;
    usedBytes -= size;
    if (slab == draining) {
      // Whoever empties it may be looking at this very block: it gives the slab back itself.
      setHeader(slab, offset(reference), RETIRED, size);
    } else if (slab.usedBytes == 0) {
      leave(slab);
    } else {
      setHeader(slab, offset(reference), 0, size);
      enlist(reference, size);
    }
  }

  /// Bytes taken from the system.
  synchronized long reservedBytes() {
    return reservedBytes;
  }

  /// Bytes of blocks in use.
  synchronized long usedBytes() {
    return usedBytes;
  }

  // ---- giving out

  private int reuse(int bytes, int atMost) {
    if (bytes > LARGEST_SHARING) {
      return NONE;
    }
    int most = Math.min(atMost, LARGEST_SHARING);
    for (int size = bytes; size <= most; size += UNIT_BYTES) {
      int list = size >> UNIT_BITS;
      if (list >= freeLists.length) {
        return NONE;
      }
      if (freeLists[list] != NONE) {
        int reference = freeLists[list];
        delist(reference, size);
        return reference;
      }
    }
    return NONE;
  }

  private int carve(int bytes) {
    Slab slab = current;
    if (bytes > LARGEST_SHARING) {
      slab = newSlab(bytes + UNIT_BYTES);
    } else if (slab == null || slab.bytes() - slab.top < bytes) {
      if (slab != null) {
        enlistRest(slab);
      }
      slab = newSlab(Math.max(bytes + UNIT_BYTES, nextSlabBytes()));
      current = slab;
    }
    int offset = slab.top;
    slab.top += bytes;
    setHeader(slab, offset, 0, bytes);
    return reference(slab, offset);
  }

  /// As much as there is already, so that a cache never has more than twice what it needs.
  private int nextSlabBytes() {
    return Math.clamp(Long.highestOneBit(reservedBytes), SMALLEST_SLAB, LARGEST_SLAB);
  }

  private void enlistRest(Slab slab) {
    while (slab.bytes() - slab.top >= LEAST_BLOCK) {
      int size = Math.min(slab.bytes() - slab.top, LARGEST_SHARING) & -UNIT_BYTES;
      int offset = slab.top;
      slab.top += size;
      setHeader(slab, offset, 0, size);
      enlist(reference(slab, offset), size);
    }
  }

  private void use(int reference) {
    Slab slab = slabOf(reference);
    int size = sizeAt(slab, offset(reference));
    setHeader(slab, offset(reference), USED, size);
    slab.usedBytes += size;
    usedBytes += size;
  }

  // ---- slabs

  private Slab newSlab(int bytes) {
    Slab kept = spare;
    if (kept != null && bytes <= kept.bytes() && kept.bytes() == LARGEST_SLAB) {
      spare = null;
      kept.top = kept.firstPlace();
      return kept;
    }
    int number = freeNumber();
    Slab slab = new Slab(number, bytes);
    slabs[number] = slab;
    @Nullable MemorySegment[] changed =
        segments.length == slabs.length ? segments.clone() : Arrays.copyOf(segments, slabs.length);
    changed[number] = slab.segment;
    segments = changed;
    reservedBytes += slab.bytes();
    return slab;
  }

  private int freeNumber() {
    for (int number = 0; number < slabs.length; number++) {
      if (slabs[number] == null) {
        return number;
      }
    }
    if (slabs.length == MOST_SLABS) {
      throw new OutOfMemoryError("a packed cache cannot exceed 32 GiB");
    }
    int next = slabs.length;
    slabs = Arrays.copyOf(slabs, next * 2);
    return next;
  }

  /// Nothing in it is used any more.
  private void leave(Slab slab) {
    forEachBlock(slab, offset -> delistIfFree(slab, offset));
    if (closed) {
      giveBack(slab);
    } else if (slab == current) {
      slab.top = slab.firstPlace();
    } else if (spare == null && slab.bytes() == LARGEST_SLAB) {
      spare = slab;
    } else {
      giveBack(slab);
    }
  }

  private void giveBack(Slab slab) {
    @Nullable MemorySegment[] changed = segments.clone();
    changed[slab.number] = null;
    segments = changed;
    slabs[slab.number] = null;
    if (slab == current) {
      current = null;
    }
    reservedBytes -= slab.bytes();
    slab.arena.close();
  }

  /// Gives back what is not used, at once; the rest when its last block is freed. Not while
  /// [#compact] is at work.
  synchronized void close() {
    closed = true;
    spare = null;
    draining = null;
    for (Slab slab : slabs.clone()) {
      if (slab != null && slab.usedBytes == 0) {
        giveBack(slab);
      }
    }
  }

  // ---- compaction

  /// What moves blocks: takes the reference of one that was in use a moment ago and, if it still is
  /// and can move, allocates another, copies, and frees this one.
  interface Mover {
    void move(int reference);
  }

  /// Empties the emptiest slab, if too much is idle. Until it is empty it stays, whatever is freed,
  /// so that the mover can look at the block it was told. One thread at a time, which does not hold
  /// this object's lock, for the mover may need another before it.
  ///
  /// @param moves how many blocks to move at most
  /// @return whether there is more to do
  boolean compact(int moves, Mover mover) {
    for (int i = 0; i < moves; i++) {
      int reference = nextToMove();
      if (reference == NONE) {
        return false;
      }
      mover.move(reference);
    }
    return true;
  }

  private boolean isSparse() {
    Slab filling = current;
    long untouched = filling == null ? 0 : filling.bytes() - filling.top;
    Slab kept = spare;
    long idle = reservedBytes - usedBytes - untouched - (kept == null ? 0 : kept.bytes());
    return idle > Math.max(reservedBytes / 8, TOLERATED_IDLE);
  }

  private synchronized int nextToMove() {
    while (draining != null || isSparse()) {
      Slab slab = draining != null ? draining : emptiest();
      if (slab == null) {
        return NONE;
      }
      if (slab != draining) {
        retireFreeBlocks(slab);
        slab.cursor = slab.firstPlace();
        draining = slab;
      }
      while (slab.cursor < slab.top) {
        int offset = slab.cursor;
        slab.cursor += sizeAt(slab, offset);
        if ((headerAt(slab, offset) & USED) != 0) {
          return reference(slab, offset);
        }
      }
      draining = null;
      if (slab.usedBytes > 0) { // some could not move now: another time
        reopen(slab);
        return NONE;
      }
      leave(slab);
    }
    return NONE;
  }

  private @Nullable Slab emptiest() {
    Slab emptiest = null;
    for (Slab slab : slabs) {
      if (slab != null
          && slab != current
          && slab != spare
          && slab.usedBytes < slab.bytes() - TOLERATED_IDLE / 8
          && (emptiest == null
              || (long) slab.usedBytes * emptiest.bytes()
                  < (long) emptiest.usedBytes * slab.bytes())) {
        emptiest = slab;
      }
    }
    return emptiest;
  }

  private void retireFreeBlocks(Slab slab) {
    forEachBlock(
        slab,
        offset -> {
          if (delistIfFree(slab, offset)) {
            setHeader(slab, offset, RETIRED, sizeAt(slab, offset));
          }
        });
  }

  private void reopen(Slab slab) {
    forEachBlock(
        slab,
        offset -> {
          if ((headerAt(slab, offset) & RETIRED) != 0) {
            int size = sizeAt(slab, offset);
            setHeader(slab, offset, 0, size);
            enlist(reference(slab, offset), size);
          }
        });
  }

  // ---- blocks

  private static int reference(Slab slab, int offset) {
    return slab.number << PLACE_BITS | offset >> UNIT_BITS;
  }

  private Slab slabOf(int reference) {
    Slab slab = slabs[reference >>> PLACE_BITS];
    if (slab == null) {
      throw new IllegalStateException("block " + reference + " is in no slab");
    }
    return slab;
  }

  private static int headerAt(Slab slab, int offset) {
    return slab.segment.get(JAVA_INT, offset);
  }

  private static int sizeAt(Slab slab, int offset) {
    return (headerAt(slab, offset) & SIZE_MASK) << UNIT_BITS;
  }

  private static void setHeader(Slab slab, int offset, int state, int bytes) {
    slab.segment.set(JAVA_INT, offset, state | bytes >> UNIT_BITS);
  }

  private static void forEachBlock(Slab slab, IntConsumer action) {
    int offset = slab.firstPlace();
    while (offset < slab.top) {
      int next = offset + sizeAt(slab, offset);
      action.accept(offset);
      offset = next;
    }
  }

  // ---- lists of free blocks

  private void enlist(int reference, int size) {
    if (size > LARGEST_SHARING) {
      return;
    }
    int list = size >> UNIT_BITS;
    if (list >= freeLists.length) {
      freeLists = Arrays.copyOf(freeLists, Math.max(list + 1, freeLists.length * 2));
    }
    int first = freeLists[list];
    setLink(reference, NEXT, first);
    setLink(reference, PREVIOUS, NONE);
    if (first != NONE) {
      setLink(first, PREVIOUS, reference);
    }
    freeLists[list] = reference;
  }

  private void delist(int reference, int size) {
    int next = link(reference, NEXT);
    int previous = link(reference, PREVIOUS);
    if (previous == NONE) {
      freeLists[size >> UNIT_BITS] = next;
    } else {
      setLink(previous, NEXT, next);
    }
    if (next != NONE) {
      setLink(next, PREVIOUS, previous);
    }
  }

  /// @return whether it was free, and in a list
  private boolean delistIfFree(Slab slab, int offset) {
    int header = headerAt(slab, offset);
    int size = sizeAt(slab, offset);
    if ((header & (USED | RETIRED)) != 0 || size > LARGEST_SHARING) {
      return false;
    }
    delist(reference(slab, offset), size);
    return true;
  }

  private int link(int reference, int field) {
    return segment(reference).get(JAVA_INT, offset(reference) + field);
  }

  private void setLink(int reference, int field, int value) {
    segment(reference).set(JAVA_INT, offset(reference) + field, value);
  }
}
