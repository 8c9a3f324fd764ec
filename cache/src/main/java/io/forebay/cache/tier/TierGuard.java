package io.forebay.cache.tier;

import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.InvalidationListener;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Lease;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Position;
import io.forebay.cache.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The log as those see it who invalidate: for keys it changes the tiers before the record enters
/// the log, as [TieredCache] explains.
///
/// A key that could not be removed from its tier gets a barrier instead, on the tag that stands for
/// the key ([io.forebay.cache.InternalTags#ofUrl]): whatever the tier still has of it is then never
/// trusted. That costs a place among the barriers, so it is only for when the tier fails. Keys of
/// every cache raise that barrier in each cache by themselves: another node may have caches, and so
/// values in tiers, of which this one knows nothing.
///
/// A soft invalidation of keys removes them from the tiers too; copies in memory stay, as stale.
public final class TierGuard implements InvalidationLog {

  private final InvalidationLog log;
  private final Map<String, Tier> tiers = new ConcurrentHashMap<>();
  private volatile @Nullable InvalidationHistory history;

  public TierGuard(InvalidationLog log) {
    this.log = log;
  }

  /// Lets it note keys before they are removed from tiers, which is before the log hears of them.
  public void noteIn(InvalidationHistory noted) {
    history = noted;
  }

  /// From now on the cache of this name has this tier behind it.
  public void guard(String cache, Tier tier) {
    tiers.put(cache, tier);
  }

  /// The cache is gone.
  public void forget(String cache) {
    tiers.remove(cache);
  }

  @Override
  public LogOutcome append(InvalidationBatch batch) {
    note(batch);
    List<InvalidationOrder> instead = new ArrayList<>();
    for (var guarded : tiers.entrySet()) {
      withdraw(batch, guarded.getKey(), guarded.getValue());
      Set<TierKey> keys = keys(batch, guarded.getKey());
      Set<TierKey> failed = keys.isEmpty() ? Set.of() : guarded.getValue().removeAll(keys);
      if (!failed.isEmpty()) {
        Set<String> names = HashSet.newHashSet(failed.size());
        failed.forEach(key -> names.add(key.key()));
        instead.add(
            new InvalidationOrder(
                Optional.of(guarded.getKey()), new Scope.Urls(names), Invalidation.Mode.HARD));
      }
    }
    if (instead.isEmpty()) {
      return log.append(batch);
    }
    // One batch, or the barriers might wait for a log that has just taken the rest.
    instead.addAll(batch.orders());
    return log.append(new InvalidationBatch(batch.id(), batch.who(), batch.why(), instead));
  }

  private void note(InvalidationBatch batch) {
    InvalidationHistory noted = history;
    if (noted == null || tiers.isEmpty()) {
      return;
    }
    for (InvalidationOrder order : batch.orders()) {
      if (order.written().isEmpty() && order.scope() instanceof Scope.Keys(Set<String> names)) {
        names.forEach(name -> noted.deleting(order.cache(), name));
      }
    }
  }

  /// Writes that wait are covered by barriers too, and yet they would push out what is newer.
  private static void withdraw(InvalidationBatch batch, String cache, Tier tier) {
    for (InvalidationOrder order : batch.orders()) {
      if (order.concerns(cache)
          && order.mode() == Invalidation.Mode.HARD
          && !(order.scope() instanceof Scope.Keys)) {
        tier.withdraw(cache, order.scope());
      }
    }
  }

  private static Set<TierKey> keys(InvalidationBatch batch, String cache) {
    Set<TierKey> keys = new HashSet<>();
    for (InvalidationOrder order : batch.orders()) {
      if (order.concerns(cache)
          && order.written().isEmpty()
          && order.scope() instanceof Scope.Keys(Set<String> names)) {
        names.forEach(name -> keys.add(new TierKey(cache, name)));
      }
    }
    return keys;
  }

  // ---- as it is

  @Override
  public Position last() {
    return log.last();
  }

  @Override
  public Position durable() {
    return log.durable();
  }

  @Override
  public Lease lease() {
    return log.lease();
  }

  @Override
  public boolean awaitEverywhere(Position position, Duration patience) throws InterruptedException {
    return log.awaitEverywhere(position, patience);
  }

  @Override
  public void subscribe(String cache, InvalidationListener listener) {
    log.subscribe(cache, listener);
  }

  @Override
  public void unsubscribe(String cache, InvalidationListener listener) {
    log.unsubscribe(cache, listener);
  }

  @Override
  public void observe(Consumer<InvalidationRecord> observer) {
    log.observe(observer);
  }
}
