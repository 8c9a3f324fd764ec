package io.forebay.server.backup;

import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.Isolation;
import io.forebay.cache.Lifetime;
import io.forebay.cache.LoadToken;
import io.forebay.cache.Precondition;
import io.forebay.cache.TimeSource;
import io.forebay.cache.WriteOutcome;
import io.forebay.cache.tier.TieredCache;
import io.forebay.cache.tier.TieredLoad;
import io.forebay.cache.tier.TieredWrite;
import io.forebay.server.caches.CacheRegistry;
import io.forebay.server.caches.EntryDraft;
import io.forebay.server.caches.EntryRules;
import io.forebay.server.caches.NamedCache;
import io.forebay.server.caches.StoredValue;
import io.forebay.server.caches.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Restores one entry of a backup at a time.
///
/// To restore is to load, from the backup: so whatever changes or invalidates the key meanwhile
/// wins.
///
/// ```
/// opens a load (of the tier too)
/// looks at what is there, and at what was invalidated since the backup
///                                   whoever writes, deletes or invalidates the key now …
/// completes the load: refused, and looks again
/// ```
///
/// Thread-safe; waits for the tier behind the cache, if it has one.
public final class Restorer {

  /// An entry that others keep changing is theirs after so many tries.
  private static final int TRIES = 4;

  /// A tier may take a value for older than it is: Memcached by two seconds.
  private static final Duration TIERS_DOUBT = Duration.ofSeconds(3);

  private final CacheRegistry registry;
  private final EntryRules rules;
  private final InvalidationHistory history;
  private final Isolation isolation;
  private final TimeSource time;

  /// @param isolation says whether this node may have missed invalidations
  public Restorer(
      CacheRegistry registry,
      EntryRules rules,
      InvalidationHistory history,
      Isolation isolation,
      TimeSource time) {
    this.registry = registry;
    this.rules = rules;
    this.history = history;
    this.isolation = isolation;
    this.time = time;
  }

  EntryRules rules() {
    return rules;
  }

  boolean has(String cache) {
    return registry.find(cache).isPresent();
  }

  /// Whether this node knows what was invalidated since the backup was taken, at least of caches
  /// with a tier.
  boolean knowsSince(InvalidationHistory.Moment taken) {
    return history.isKnownSince(taken.position()) && !isolation.isSuspect(time.nanoTime());
  }

  /// @param taken when the backup was; empty to ask nothing
  Restored restore(
      BackupEntry entry, Optional<InvalidationHistory.Moment> taken, boolean overwrite) {
    Optional<NamedCache> named = registry.find(entry.cache());
    if (named.isEmpty()) {
      return new Restored.UnknownCache(entry.cache());
    }
    var draft =
        new EntryDraft(
            entry.value(), Optional.empty(), Optional.empty(), entry.tags(), entry.metadata());
    Optional<Violation> violation =
        rules.brokenByKey(entry.key()).or(() -> rules.brokenByDraft(draft));
    if (violation.isPresent()) {
      return new Restored.Rejected(violation.get());
    }
    for (int attempt = 0; attempt < TRIES; attempt++) {
      Optional<Lifetime> left = left(entry, time.now());
      if (left.isEmpty()) {
        return Restored.Simply.EXPIRED;
      }
      var kept =
          new Draft<>(
              entry.value(),
              left.get(),
              entry.tags().stream().distinct().toList(),
              entry.metadata());
      Optional<Restored> outcome =
          named.get().tiered().isPresent()
              ? restore(named.get().tiered().get(), entry, kept, taken, overwrite)
              : restore(named.get().cache(), entry, kept, taken, overwrite);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    return Restored.Simply.KEPT;
  }

  /// What is left of its lifetime; empty if nothing is.
  private static Optional<Lifetime> left(BackupEntry entry, Instant now) {
    if (entry.freshUntil().isEmpty()) {
      return Optional.of(Lifetime.FOREVER);
    }
    Instant freshUntil = entry.freshUntil().get();
    Instant staleUntil = entry.staleUntil().orElse(freshUntil);
    if (!staleUntil.isAfter(now)) {
      return Optional.empty();
    }
    Instant stale = freshUntil.isAfter(now) ? freshUntil : now;
    return Optional.of(
        new Lifetime(Duration.between(now, stale), Duration.between(stale, staleUntil)));
  }

  /// @return empty if something came in between
  private Optional<Restored> restore(
      Cache<String, StoredValue> cache,
      BackupEntry entry,
      Draft<StoredValue> draft,
      Optional<InvalidationHistory.Moment> taken,
      boolean overwrite) {
    LoadToken<String> token = cache.beginLoad(entry.key());
    try (Entry<String, StoredValue> present = cache.peek(entry.key())) {
      Optional<Restored> not = reasonNotTo(entry, present, taken, overwrite, true);
      if (not.isPresent()) {
        return not;
      }
      return switch (cache.complete(token, draft)) {
        case WriteOutcome.Stored _ -> Optional.of(Restored.Simply.RESTORED);
        case WriteOutcome.Refused(var reason) -> refused(reason, entry);
        case WriteOutcome.PreconditionFailed _ ->
            throw new IllegalStateException("a load has no precondition");
      };
    } finally {
      token.abandon();
    }
  }

  private Optional<Restored> restore(
      TieredCache<StoredValue> cache,
      BackupEntry entry,
      Draft<StoredValue> draft,
      Optional<InvalidationHistory.Moment> taken,
      boolean overwrite) {
    TieredLoad load = cache.beginLoad(entry.key());
    try (Entry<String, StoredValue> present = cache.look(entry.key())) {
      Optional<Restored> not = reasonNotTo(entry, present, taken, overwrite, false);
      if (not.isPresent()) {
        cache.abandon(load);
        return not;
      }
    }
    return switch (cache.restore(load, draft)) {
      case TieredWrite.Stored(long version, boolean _) ->
          Optional.of(confirmed(cache, entry, taken, version));
      case TieredWrite.Unannounced(long version, boolean _, String _) ->
          Optional.of(confirmed(cache, entry, taken, version));
      case TieredWrite.Refused(var reason) -> refused(reason, entry);
      case TieredWrite.Unavailable(var failure) ->
          Optional.of(new Restored.TierFailed(failure.detail()));
      case TieredWrite.PreconditionFailed _ ->
          throw new IllegalStateException("a load has no precondition");
    };
  }

  private static Optional<Restored> refused(WriteOutcome.Reason reason, BackupEntry entry) {
    return switch (reason) {
      case INVALIDATED_SINCE, OVERTAKEN -> Optional.empty();
      case NOT_ADMITTED -> Optional.of(Restored.Simply.NOT_ADMITTED);
      case TOO_LARGE ->
          Optional.of(
              new Restored.Rejected(
                  new Violation(
                      "value",
                      "an entry that fits into its cache and the tier behind it",
                      "It is too large: " + entry.value().length() + " bytes.",
                      Violation.Kind.TOO_LARGE)));
      case CLOSED -> Optional.of(new Restored.UnknownCache(entry.cache()));
    };
  }

  private Optional<Restored> reasonNotTo(
      BackupEntry entry,
      @Nullable Entry<String, StoredValue> present,
      Optional<InvalidationHistory.Moment> taken,
      boolean overwrite,
      boolean isInMemoryAlone) {
    Duration inexact = isInMemoryAlone ? Duration.ZERO : TIERS_DOUBT;
    if (present != null && !overwrite && !isOlder(present, entry, inexact)) {
      return Optional.of(Restored.Simply.KEPT);
    }
    return doubt(entry, taken, isInMemoryAlone);
  }

  /// Looks again once other nodes have been told, by when this one has heard of all that entered a
  /// shared log before: what another node had invalidated, and this one not heard of, goes again.
  private Restored confirmed(
      TieredCache<StoredValue> cache,
      BackupEntry entry,
      Optional<InvalidationHistory.Moment> taken,
      long version) {
    Optional<Restored> doubt = doubt(entry, taken, false);
    if (doubt.isPresent()) {
      var _ = cache.remove(entry.key(), new Precondition.VersionIn(Set.of(version)));
    }
    return doubt.orElse(Restored.Simply.RESTORED);
  }

  /// Why it may be invalid.
  private Optional<Restored> doubt(
      BackupEntry entry, Optional<InvalidationHistory.Moment> taken, boolean isInMemoryAlone) {
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    if (isolation.isSuspect(time.nanoTime())) {
      return Optional.of(Restored.Simply.UNPROVEN);
    }
    var subject =
        new InvalidationHistory.Subject(
            entry.cache(),
            entry.key(),
            entry.tags(),
            taken.get(),
            entry.loadBegan().orElse(taken.get().position()),
            entry.version(),
            isInMemoryAlone);
    return switch (history.judge(subject)) {
      case VALID -> Optional.empty();
      case INVALIDATED -> Optional.of(Restored.Simply.INVALIDATED);
      case UNKNOWN -> Optional.of(Restored.Simply.UNPROVEN);
    };
  }

  /// By when they were stored, since versions of different tiers cannot be compared; but one
  /// version is one write. (A copy out of a tier was stored when it was made.)
  private static boolean isOlder(
      Entry<String, StoredValue> present, BackupEntry entry, Duration inexact) {
    return present.version() != entry.version()
        && entry.created().isPresent()
        && present.facts().created().toEpochMilli() + inexact.toMillis()
            < entry.created().get().toEpochMilli();
  }
}
