package io.forebay.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A reference-counted handle on bytes: what a server keeps and writes to sockets.
///
/// The bytes never change. Whoever holds a reference may read them; a read after the last reference
/// was given back throws [IllegalStateException], so that a missing retain is found by the first
/// test that meets it. The bytes are on the heap now; nothing in this face says so.
///
/// Equality is identity; compare contents with [#hasContent].
public final class ByteValue implements ReferenceCounted {

  private static final int HANDLE_BYTES = 24;
  private static final VarHandle REFERENCES;

  static {
    try {
      REFERENCES = MethodHandles.lookup().findVarHandle(ByteValue.class, "references", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int length;
  private volatile byte @Nullable [] bytes;

  @SuppressWarnings("UnusedVariable") // read and written through REFERENCES
  private volatile int references = 1;

  private ByteValue(byte[] bytes) {
    this.length = bytes.length;
    this.bytes = bytes;
  }

  /// A value with a copy of `bytes`, and one reference, the caller's.
  public static ByteValue copyOf(byte[] bytes) {
    return new ByteValue(bytes.clone());
  }

  /// A value with a copy of what remains in `buffer`, whose position does not move.
  public static ByteValue copyOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return new ByteValue(bytes);
  }

  /// A value that takes `bytes` over: the caller must not change them any more.
  public static ByteValue wrap(byte[] bytes) {
    return new ByteValue(bytes);
  }

  /// Number of bytes; also known after release.
  public int length() {
    return length;
  }

  /// Copies `count` bytes from `offset` on into `target` at `targetOffset`.
  ///
  /// @throws IndexOutOfBoundsException if either range does not fit
  public void copyTo(int offset, byte[] target, int targetOffset, int count) {
    Objects.checkFromIndexSize(offset, count, length);
    System.arraycopy(held(), offset, target, targetOffset, count);
  }

  /// Copies all bytes into `target`, moving its position.
  ///
  /// @throws java.nio.BufferOverflowException if less than [#length] remains
  public void copyTo(ByteBuffer target) {
    target.put(held());
  }

  /// A copy of all bytes.
  public byte[] toByteArray() {
    return held().clone();
  }

  /// A view on the bytes without a copy; valid only while the caller holds a reference.
  public ByteBuffer asReadOnlyByteBuffer() {
    return ByteBuffer.wrap(held()).asReadOnlyBuffer();
  }

  /// Whether the bytes are exactly these.
  public boolean hasContent(byte[] expected) {
    return java.util.Arrays.equals(held(), expected);
  }

  @Override
  public boolean tryRetain() {
    while (true) {
      int present = (int) REFERENCES.getAcquire(this);
      if (present == 0) {
        return false;
      }
      if (REFERENCES.compareAndSet(this, present, present + 1)) {
        return true;
      }
    }
  }

  @Override
  public void release() {
    while (true) {
      int present = (int) REFERENCES.getAcquire(this);
      if (present == 0) {
        throw new IllegalStateException("released more often than retained");
      }
      if (REFERENCES.compareAndSet(this, present, present - 1)) {
        if (present == 1) {
          bytes = null;
        }
        return;
      }
    }
  }

  /// References held now; for tests and gauges.
  public int references() {
    return (int) REFERENCES.getAcquire(this);
  }

  /// Heap bytes of this handle and its content.
  long footprintBytes() {
    return HANDLE_BYTES + ObjectSizes.ofArray(length);
  }

  private byte[] held() {
    byte[] present = bytes;
    if (present == null) {
      throw new IllegalStateException("used after its last reference was released");
    }
    return present;
  }

  @Override
  public String toString() {
    return "ByteValue[length=" + length + ", references=" + references() + "]";
  }
}
