package io.forebay.cache;

import io.forebay.cache.policy.SlotPool;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Values of packed entries that are kept as objects, by number.
///
/// Thread-safe. A reader without a lock may get another entry's value, or none, for a number that
/// was given back meanwhile.
final class OutsideValues<V> {

  private final SlotPool numbers = new SlotPool();
  private volatile @Nullable Object[] values = new @Nullable Object[4];

  synchronized int keep(V value) {
    int number = numbers.take();
    @Nullable Object[] present = values;
    if (number >= present.length) {
      present = Arrays.copyOf(present, present.length * 2);
    }
    present[number] = value;
    values = present;
    return number;
  }

  synchronized void drop(int number) {
    values[number] = null;
    numbers.release(number);
  }

  @SuppressWarnings("unchecked") // only keep() puts something in
  @Nullable V value(int number) {
    return (V) values[number];
  }
}
