package io.forebay.cache;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One of the locks that put the writes of a key in order, with the part of the [Table] that it
/// guards and the loads of its keys that are under way. Whoever calls it holds its monitor; only
/// [#chains] may be read without.
///
/// Fencing of keys happens here, exactly:
///
/// ```
/// load                       writer (put, removal, invalidation of the key)
/// beginLoad: joins
/// reads old value from source
///                            changes the slot, fences all loads that have joined
/// complete: is fenced, refused
/// ```
///
/// A load that joins after the writer has left reads the source after the writer's change.
final class Stripe<K extends Comparable<? super K>, V> {

  /// A stripe is chosen by so many low bits of a hash; its buckets by the bits above.
  static final int BITS = 6;

  final Chains<K, V> chains;

  /// The latest begun load of each key; earlier ones follow it.
  private final Map<K, OpenLoad<K, V>> loads = new HashMap<>();

  /// The cache's, for loads to be judged by.
  final Barriers barriers;

  private long sequence;
  private boolean closed;

  Stripe(Storage<K, V> storage, Barriers barriers) {
    this.chains = storage.newChains(this);
    this.barriers = barriers;
  }

  /// Ends the time of writing: whoever finds it open has written before this.
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  OpenLoad<K, V> begin(K key, Position began, long nanoTime) {
    OpenLoad<K, V> load = new OpenLoad<>(this, key, began, nanoTime, ++sequence);
    load.nextOfKey = loads.put(key, load);
    return load;
  }

  /// @return whether it was still open
  boolean end(OpenLoad<K, V> load) {
    OpenLoad<K, V> previous = null;
    OpenLoad<K, V> present = loads.get(load.key());
    while (present != null && present != load) {
      previous = present;
      present = present.nextOfKey;
    }
    if (present == null) {
      return false;
    }
    unlink(previous, load);
    return true;
  }

  private void unlink(@Nullable OpenLoad<K, V> previous, OpenLoad<K, V> load) {
    OpenLoad<K, V> next = load.nextOfKey;
    if (previous != null) {
      previous.nextOfKey = next;
    } else if (next != null) {
      loads.put(load.key(), next);
    } else {
      loads.remove(load.key());
    }
    load.nextOfKey = null;
  }

  /// Fences every load of `key`.
  void fence(K key, WriteOutcome.Reason reason) {
    fenceBegunBefore(key, Long.MAX_VALUE, reason);
  }

  /// Fences loads of `key` that began before the one numbered `sequence`: its result is newer than
  /// theirs.
  void fenceBegunBefore(K key, long sequence, WriteOutcome.Reason reason) {
    for (OpenLoad<K, V> load = loads.get(key); load != null; load = load.nextOfKey) {
      if (load.sequence < sequence && load.fenced == null) {
        load.fenced = reason;
      }
    }
  }

  /// Tells every load of `key` that this version of it was written: older ones are refused.
  void noteWritten(K key, long version) {
    for (OpenLoad<K, V> load = loads.get(key); load != null; load = load.nextOfKey) {
      load.writtenSince = Math.max(load.writtenSince, version);
    }
  }

  /// Fences every load whose key passes the test.
  void fenceMatching(Predicate<K> keys, WriteOutcome.Reason reason) {
    for (K key : loads.keySet()) {
      if (keys.test(key)) {
        fence(key, reason);
      }
    }
  }

  /// The earliest beginning among open loads, or `otherwise` if that is earlier.
  Position earliest(Position otherwise) {
    Position earliest = otherwise;
    for (OpenLoad<K, V> latest : loads.values()) {
      for (OpenLoad<K, V> load = latest; load != null; load = load.nextOfKey) {
        if (load.began().compareTo(earliest) < 0) {
          earliest = load.began();
        }
      }
    }
    return earliest;
  }
}
