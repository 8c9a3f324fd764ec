package io.forebay.cache.tier;

import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.EntryFacts;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Lineage;
import io.forebay.cache.Position;
import io.forebay.cache.TimeSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// An entry as a reader holds it that came from a tier just now, whether or not the cache before it
/// had room for a copy.
final class TierEntry<V> implements Entry<String, V> {

  private final String key;
  private final Draft<V> draft;
  private final Lineage lineage;
  private final long readNanos;
  private final Instant read;

  /// @param draft as it was stored in the tier
  TierEntry(String key, Draft<V> draft, Lineage lineage, TimeSource time) {
    this.key = key;
    this.draft = draft;
    this.lineage = lineage;
    this.readNanos = time.nanoTime();
    this.read = time.now();
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public V value() {
    return draft.value();
  }

  @Override
  public long version() {
    return lineage.version();
  }

  @Override
  public List<String> tags() {
    return draft.tags();
  }

  @Override
  public Map<String, String> metadata() {
    return draft.metadata();
  }

  @Override
  public boolean isFresh(long nanoTime) {
    return remainingFreshNanos(nanoTime) > 0;
  }

  @Override
  public boolean isSoftInvalidated() {
    return false;
  }

  @Override
  public long residentNanos(long nanoTime) {
    return nanoTime - readNanos + lineage.age().toNanos();
  }

  @Override
  public long remainingFreshNanos(long nanoTime) {
    return draft.lifetime().fresh().toNanos() - residentNanos(nanoTime);
  }

  @Override
  public long loadNanos() {
    return 0;
  }

  @Override
  public Position loadBegan() {
    return lineage.loadBegan();
  }

  @Override
  public EntryFacts<String> facts() {
    Lifetime lifetime = draft.lifetime();
    Instant created = read.minus(lineage.age());
    Instant freshUntil = created.plus(lifetime.fresh());
    return new EntryFacts<>(
        key,
        lineage.version(),
        draft.tags(),
        draft.metadata(),
        created,
        freshUntil,
        freshUntil.plus(lifetime.stale()),
        read,
        1,
        0,
        lineage.loadBegan(),
        isFresh(readNanos));
  }

  /// A tier's values are not counted: nothing to let go of.
  @Override
  public void close() {}
}
