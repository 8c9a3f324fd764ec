package io.forebay.cache;

/// Says how heavy a key and its value are. The cache adds what the entry itself costs: its object,
/// its place in the table, its tags and metadata.
///
/// @param <K> keys
/// @param <V> values
@FunctionalInterface
public interface Weigher<K, V> {

  /// Bytes that `key` and `value` keep in memory, their object headers included; zero or more.
  /// Called once per write, outside every lock; must give the same answer for the same pair.
  long weigh(K key, V value);

  /// For text keys and [ByteValue]s, as the JVM lays them out.
  static Weigher<String, ByteValue> ofBytes() {
    return (key, value) -> ObjectSizes.ofText(key) + value.footprintBytes();
  }
}
