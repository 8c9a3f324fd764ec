package io.forebay.cache;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The residents of one [Stripe] by key. Readers take no lock; writers hold the stripe's.
sealed interface Chains<K extends Comparable<? super K>, V> permits HashChains, PackedChains {

  /// For readers: a hit.
  @Nullable Resident<K, V> get(K key, int hash);

  /// For readers: whether a resident is still here. If it has been softly invalidated since the
  /// reader got it, it is so afterwards for the reader too.
  boolean isPresent(Resident<K, V> resident);

  /// For writers: what is there, without its value.
  @Nullable Resident<K, V> find(K key, int hash);

  /// Puts a resident that its storage has just made.
  ///
  /// @return the resident of the same key that it replaces, without its value
  @Nullable Resident<K, V> put(Resident<K, V> arriving);

  /// Takes a resident out.
  ///
  /// @return whether it was in
  boolean remove(Resident<K, V> departing);

  /// Hands over everything that is there, without values.
  void forEach(Consumer<Resident<K, V>> action);

  /// For readers too.
  int size();
}
