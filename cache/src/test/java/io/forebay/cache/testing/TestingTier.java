package io.forebay.cache.testing;

import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A tier in memory, which forgets nothing, fails when told to, and lets a test act in the middle
/// of a call.
public final class TestingTier implements Tier {

  private record Slot(@Nullable TierValue value, long version, long storedNanos, long change) {}

  private record Claim(TierKey key, long change) implements FillStart.Ticket {}

  private final TimeSource time;
  private final Map<TierKey, Slot> slots = new HashMap<>();
  private long changes;
  private volatile Set<Ability> abilities = Set.of(Ability.COMPARE_AND_SET);
  private volatile @Nullable TierFailure failure;
  private volatile Runnable afterRead = () -> {};
  private volatile Runnable beforeFill = () -> {};

  public TestingTier(TimeSource time) {
    this.time = time;
  }

  /// What it says that it can do, from now on.
  public void claim(Ability... more) {
    abilities = Set.of(more);
  }

  /// Every call fails so from now on; null ends that.
  public void failWith(@Nullable TierFailure failure) {
    this.failure = failure;
  }

  /// Runs once when the next read knows its answer and has not given it.
  public void afterNextRead(Runnable action) {
    afterRead = action;
  }

  /// Runs once when the next fill is on its way.
  public void beforeNextFill(Runnable action) {
    beforeFill = action;
  }

  /// Whether there is a value, trusted or not.
  public synchronized boolean holds(TierKey key) {
    return valueAt(slots.get(key)) != null;
  }

  @Override
  public String kind() {
    return "testing";
  }

  @Override
  public Set<Ability> abilities() {
    return abilities;
  }

  @Override
  public Duration deadline() {
    return Duration.ofSeconds(1);
  }

  @Override
  public Duration longestFill() {
    return Duration.ofMinutes(1);
  }

  @Override
  public Duration longestLife() {
    return Duration.ofHours(24);
  }

  @Override
  public TierRead read(TierKey key) {
    TierRead answer = answer(key);
    Runnable action = afterRead;
    afterRead = () -> {};
    action.run();
    return answer;
  }

  private synchronized TierRead answer(TierKey key) {
    if (failure != null) {
      return new TierRead.Unavailable(failure);
    }
    Slot slot = slots.get(key);
    TierValue value = valueAt(slot);
    return slot == null || value == null
        ? new TierRead.Absent()
        : new TierRead.Found(
            value, slot.version, Duration.ofNanos(time.nanoTime() - slot.storedNanos));
  }

  private @Nullable TierValue valueAt(@Nullable Slot slot) {
    if (slot == null || slot.value == null) {
      return null;
    }
    Duration life = slot.value.lifetime().fresh().plus(slot.value.lifetime().stale());
    return time.nanoTime() - slot.storedNanos < life.toNanos() ? slot.value : null;
  }

  @Override
  public synchronized FillStart beginFill(TierKey key, boolean exclusive) {
    return failure != null
        ? new FillStart.Unavailable(failure)
        : new FillStart.Granted(new Claim(key, changes));
  }

  @Override
  public TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    Runnable action = beforeFill;
    beforeFill = () -> {};
    action.run();
    synchronized (this) {
      if (failure != null) {
        return new TierWrite.Unavailable(failure);
      }
      Slot slot = slots.get(ticket.key());
      if (slot != null && slot.change > ((Claim) ticket).change) {
        return new TierWrite.Overtaken();
      }
      return store(ticket.key(), value, 0);
    }
  }

  private TierWrite store(TierKey key, TierValue value, long proposed) {
    Slot slot = slots.get(key);
    long version = Math.max(proposed, slot == null ? 1 : slot.version + 1);
    boolean replaced = valueAt(slot) != null;
    slots.put(key, new Slot(value, version, time.nanoTime(), ++changes));
    return new TierWrite.Stored(version, replaced);
  }

  @Override
  public void abandon(FillStart.Ticket ticket) {}

  @Override
  public void awaitFill(TierKey key, Duration patience) {}

  @Override
  public synchronized TierWrite write(
      TierKey key, TierValue value, Precondition precondition, long proposed) {
    if (failure != null) {
      return new TierWrite.Unavailable(failure);
    }
    Slot slot = slots.get(key);
    return holds(precondition, slot)
        ? store(key, value, proposed)
        : new TierWrite.PreconditionFailed(version(slot));
  }

  private boolean holds(Precondition precondition, @Nullable Slot slot) {
    OptionalLong present = version(slot);
    return switch (precondition) {
      case Precondition.None() -> true;
      case Precondition.Absent() -> present.isEmpty();
      case Precondition.Present() -> present.isPresent();
      case Precondition.VersionIn(Set<Long> versions) ->
          present.isPresent() && versions.contains(present.getAsLong());
    };
  }

  private OptionalLong version(@Nullable Slot slot) {
    return slot == null || valueAt(slot) == null
        ? OptionalLong.empty()
        : OptionalLong.of(slot.version);
  }

  @Override
  public synchronized TierRemoval remove(TierKey key, Precondition precondition) {
    if (failure != null) {
      return new TierRemoval.Unavailable(failure);
    }
    Slot slot = slots.get(key);
    OptionalLong present = version(slot);
    if (!holds(precondition, slot)) {
      return new TierRemoval.PreconditionFailed(present);
    }
    slots.put(key, new Slot(null, slot == null ? 1 : slot.version + 1, time.nanoTime(), ++changes));
    return present.isPresent()
        ? new TierRemoval.Removed(present.getAsLong())
        : new TierRemoval.Absent();
  }

  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    if (failure != null) {
      return Set.copyOf(keys);
    }
    keys.forEach(key -> remove(key, Precondition.NONE));
    return Set.of();
  }

  @Override
  public void close() {}
}
