package io.forebay.cache;

/// Something whose memory is given back when its last holder lets go.
///
/// A new object has one reference, its creator's. Thread-safe.
public interface ReferenceCounted {

  /// Takes a reference, unless the last one is already gone: then answers false and the object must
  /// not be touched.
  boolean tryRetain();

  /// Gives one reference back. Giving back more than were taken is a bug and throws
  /// [IllegalStateException].
  void release();
}
