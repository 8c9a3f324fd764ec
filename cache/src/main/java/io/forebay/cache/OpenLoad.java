package io.forebay.cache;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A load that is under way. Its fields are guarded by its [Stripe].
final class OpenLoad<K extends Comparable<? super K>, V> implements LoadToken<K> {

  final Stripe<K, V> stripe;
  private final K key;
  private final Position began;
  final long beganNanos;

  /// Order of beginning among the loads of a stripe.
  final long sequence;

  WriteOutcome.@Nullable Reason fenced;

  /// The greatest version of its key that was written in a shared tier since it began; else zero.
  long writtenSince;

  @Nullable OpenLoad<K, V> nextOfKey;

  OpenLoad(Stripe<K, V> stripe, K key, Position began, long beganNanos, long sequence) {
    this.stripe = stripe;
    this.key = key;
    this.began = began;
    this.beganNanos = beganNanos;
    this.sequence = sequence;
  }

  @Override
  public K key() {
    return key;
  }

  @Override
  public Position began() {
    return began;
  }

  @Override
  public boolean isInvalidated(Collection<String> tags) {
    synchronized (stripe) {
      if (fenced == WriteOutcome.Reason.INVALIDATED_SINCE) {
        return true;
      }
    }
    return stripe.barriers.judge(began, key, List.copyOf(tags)) != Barriers.Verdict.VALID;
  }

  @Override
  public void abandon() {
    synchronized (stripe) {
      stripe.end(this);
    }
  }
}
