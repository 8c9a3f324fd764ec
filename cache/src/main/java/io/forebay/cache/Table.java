package io.forebay.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All residents by key: a fixed number of [Stripe]s, each with a lock for its writers and chains
/// that readers walk without it.
///
/// It grows stripe by stripe, so that a writer waits for the growth of one part at most, and
/// readers for none.
final class Table<K extends Comparable<? super K>, V> {

  private static final int STRIPES = 1 << Stripe.BITS;

  private final Stripe<K, V>[] stripes;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  Table(Storage<K, V> storage, Barriers barriers) {
    stripes = new Stripe[STRIPES];
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe<>(storage, barriers);
    }
  }

  /// Spreads a key's `hashCode` so that low and high bits vary (Knuth's multiplicative hashing).
  static int spread(Object key) {
    int product = key.hashCode() * 0x9E3779B9;
    return product ^ (product >>> 16);
  }

  /// Wait-free.
  @Nullable Resident<K, V> get(K key) {
    int hash = spread(key);
    return stripeOf(hash).chains.get(key, hash);
  }

  /// What is there, without its value. The caller holds the stripe's lock.
  @Nullable Resident<K, V> find(K key) {
    int hash = spread(key);
    return stripeOf(hash).chains.find(key, hash);
  }

  Stripe<K, V> stripeOf(int hash) {
    return stripes[hash & (STRIPES - 1)];
  }

  /// Takes a resident out, unless it has left already. Takes the stripe's lock.
  ///
  /// @return whether this call took it out
  boolean remove(Resident<K, V> resident) {
    Stripe<K, V> stripe = stripeOf(resident.hash);
    synchronized (stripe) {
      return stripe.chains.remove(resident);
    }
  }

  long size() {
    long sum = 0;
    for (Stripe<K, V> stripe : stripes) {
      sum += stripe.chains.size();
    }
    return sum;
  }

  /// Every resident that is present throughout, once, without its value; one that comes or goes
  /// meanwhile, once or not at all. No lock is held while the action runs.
  void forEach(Consumer<Resident<K, V>> action) {
    List<Resident<K, V>> part = new ArrayList<>();
    for (Stripe<K, V> stripe : stripes) {
      synchronized (stripe) {
        stripe.chains.forEach(part::add);
      }
      part.forEach(action);
      part.clear();
    }
  }

  void forEachStripe(Consumer<Stripe<K, V>> action) {
    for (Stripe<K, V> stripe : stripes) {
      synchronized (stripe) {
        action.accept(stripe);
      }
    }
  }
}
