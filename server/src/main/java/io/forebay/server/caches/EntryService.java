package io.forebay.server.caches;

import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.EntryFacts;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.InvalidationHistory;
import io.forebay.cache.Isolation;
import io.forebay.cache.Lifetime;
import io.forebay.cache.ListingQuery;
import io.forebay.cache.Precondition;
import io.forebay.cache.RemoveOutcome;
import io.forebay.cache.TimeSource;
import io.forebay.cache.WriteOutcome;
import io.forebay.cache.tier.TieredRemoval;
import io.forebay.cache.tier.TieredWrite;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads, writes, deletes and lists entries of the named caches under the rules. Thread-safe; waits
/// only for the tier behind a cache, if it has one. A listing looks at this node's memory only.
public final class EntryService {

  private final CacheRegistry registry;
  private final EntryRules rules;
  private final Isolation isolation;
  private final TimeSource time;
  private volatile WriteObserver observer = WriteObserver.NONE;
  private volatile Optional<InvalidationHistory> history = Optional.empty();

  public EntryService(CacheRegistry registry, EntryRules rules, TimeSource time) {
    this(registry, rules, Isolation.NONE, time);
  }

  /// @param isolation what to do while invalidations may have been missed
  public EntryService(
      CacheRegistry registry, EntryRules rules, Isolation isolation, TimeSource time) {
    this.registry = registry;
    this.rules = rules;
    this.isolation = isolation;
    this.time = time;
  }

  /// Who hears of writes from now on.
  public void tell(WriteObserver observer) {
    this.observer = observer;
  }

  /// Where deletes are noted from now on, so that a backup does not bring back what was deleted.
  public void noteDeletesIn(InvalidationHistory noted) {
    history = Optional.of(noted);
  }

  public EntryRules rules() {
    return rules;
  }

  /// The entry, fresh or within its stale window.
  public ReadOutcome read(String cacheName, String key) {
    return read(cacheName, key, EntryService::look);
  }

  /// The same from this node's memory alone, leaving no trace in statistics, access times or the
  /// eviction policy: for views of what there is.
  public ReadOutcome peek(String cacheName, String key) {
    return read(cacheName, key, (named, wanted) -> named.cache().peek(wanted));
  }

  private static @Nullable Entry<String, StoredValue> look(NamedCache named, String key) {
    return named.tiered().isPresent() ? named.tiered().get().get(key) : named.cache().get(key);
  }

  /// How an entry is looked up; it is closed by who asked.
  private interface LookUp {
    @Nullable Entry<String, StoredValue> of(NamedCache named, String key);
  }

  private ReadOutcome read(String cacheName, String key, LookUp lookUp) {
    Optional<NamedCache> named = registry.find(cacheName);
    if (named.isEmpty()) {
      return new ReadOutcome.UnknownCache();
    }
    Optional<Violation> violation = rules.brokenByKey(key);
    if (violation.isPresent()) {
      return new ReadOutcome.Invalid(violation.get());
    }
    Isolation.Use before = isolation.use(time.nanoTime());
    try (Entry<String, StoredValue> entry = lookUp.of(named.get(), key)) {
      if (entry == null) {
        return new ReadOutcome.Absent();
      }
      long now = time.nanoTime();
      return switch (isolation.use(before, now)) {
        case AS_IT_IS -> new ReadOutcome.Found(view(entry, now, entry.isFresh(now)));
        case AS_STALE -> new ReadOutcome.Found(view(entry, now, false));
        case NOT_AT_ALL -> new ReadOutcome.Absent();
      };
    }
  }

  private EntryView view(Entry<String, StoredValue> entry, long now, boolean fresh) {
    EntryFacts<String> facts = entry.facts();
    return new EntryView(
        entry.key(),
        entry.value(),
        entry.version(),
        entry.tags(),
        entry.metadata(),
        Duration.ofNanos(entry.residentNanos(now)),
        fresh,
        Duration.ofNanos(entry.remainingFreshNanos(now)),
        Duration.between(facts.freshUntil(), facts.staleUntil()),
        facts,
        isolation.isSuspect(now));
  }

  /// Stores a value if the precondition holds.
  public EntryWriteOutcome write(
      String cacheName, String key, EntryDraft draft, Precondition precondition) {
    Optional<NamedCache> named = registry.find(cacheName);
    if (named.isEmpty()) {
      return new EntryWriteOutcome.UnknownCache();
    }
    Optional<Violation> violation = rules.brokenByKey(key).or(() -> rules.brokenByDraft(draft));
    if (violation.isPresent()) {
      return new EntryWriteOutcome.Invalid(violation.get());
    }
    var lifetime =
        new Lifetime(
            draft.fresh().orElse(named.get().defaultTtl()), draft.stale().orElse(Duration.ZERO));
    var kept =
        new Draft<>(
            draft.value(), lifetime, draft.tags().stream().distinct().toList(), draft.metadata());
    EntryWriteOutcome outcome = write(named.get(), key, kept, precondition);
    if (outcome instanceof EntryWriteOutcome.Written) {
      observer.written(cacheName, key, draft.value(), lifetime.fresh());
    }
    return outcome;
  }

  private static EntryWriteOutcome write(
      NamedCache named, String key, Draft<StoredValue> kept, Precondition precondition) {
    if (named.tiered().isPresent()) {
      return written(named, named.tiered().get().put(key, kept, precondition));
    }
    return switch (named.cache().put(key, kept, precondition)) {
      case WriteOutcome.Stored(long version, boolean replaced) ->
          new EntryWriteOutcome.Written(version, !replaced);
      case WriteOutcome.PreconditionFailed(var present) ->
          new EntryWriteOutcome.PreconditionFailed(present);
      case WriteOutcome.Refused(var reason) -> refused(reason, named);
    };
  }

  private static EntryWriteOutcome written(NamedCache named, TieredWrite outcome) {
    return switch (outcome) {
      case TieredWrite.Stored(long version, boolean replaced) ->
          new EntryWriteOutcome.Written(version, !replaced);
      case TieredWrite.Unannounced(long version, boolean _, String reason) ->
          new EntryWriteOutcome.Pending(OptionalLong.of(version), reason);
      case TieredWrite.PreconditionFailed(var present) ->
          new EntryWriteOutcome.PreconditionFailed(present);
      case TieredWrite.Refused(var reason) -> refused(reason, named);
      case TieredWrite.Unavailable(var failure) ->
          new EntryWriteOutcome.TierFailed(failure.detail(), failure.mayHaveHappened());
    };
  }

  private static EntryWriteOutcome removed(TieredRemoval outcome) {
    return switch (outcome) {
      case TieredRemoval.Removed(long version) -> new EntryWriteOutcome.Deleted(version);
      case TieredRemoval.Absent() -> new EntryWriteOutcome.Absent();
      case TieredRemoval.Unannounced(String reason) ->
          new EntryWriteOutcome.Pending(OptionalLong.empty(), reason);
      case TieredRemoval.PreconditionFailed(var present) ->
          new EntryWriteOutcome.PreconditionFailed(present);
      case TieredRemoval.Unavailable(var failure) ->
          new EntryWriteOutcome.TierFailed(failure.detail(), failure.mayHaveHappened());
    };
  }

  private static EntryWriteOutcome refused(WriteOutcome.Reason reason, NamedCache named) {
    return switch (reason) {
      // It was deleted while we wrote.
      case CLOSED -> new EntryWriteOutcome.UnknownCache();
      case TOO_LARGE ->
          new EntryWriteOutcome.Invalid(
              new Violation(
                  "value",
                  "an entry that fits into the cache's "
                      + named.cache().bounds().maxBytes()
                      + " bytes",
                  "The entry alone is heavier than the cache may become.",
                  Violation.Kind.TOO_LARGE));
      case INVALIDATED_SINCE, OVERTAKEN, NOT_ADMITTED ->
          throw new IllegalStateException("a client's put is never refused for " + reason);
    };
  }

  /// Deletes an entry if the precondition holds.
  public EntryWriteOutcome delete(String cacheName, String key, Precondition precondition) {
    Optional<NamedCache> named = registry.find(cacheName);
    if (named.isEmpty()) {
      return new EntryWriteOutcome.UnknownCache();
    }
    Optional<Violation> violation = rules.brokenByKey(key);
    if (violation.isPresent()) {
      return new EntryWriteOutcome.Invalid(violation.get());
    }
    // One whose precondition fails counts too, which is too much rather than too little.
    noteDeleting(cacheName, key);
    EntryWriteOutcome outcome = delete(named.get(), key, precondition);
    noteDeleting(cacheName, key);
    if (outcome instanceof EntryWriteOutcome.Deleted) {
      observer.deleted(cacheName, key);
    }
    return outcome;
  }

  /// Before and after: see [InvalidationHistory].
  private void noteDeleting(String cache, String key) {
    history.ifPresent(noted -> noted.deleting(Optional.of(cache), key));
  }

  private static EntryWriteOutcome delete(NamedCache named, String key, Precondition precondition) {
    if (named.tiered().isPresent()) {
      return removed(named.tiered().get().remove(key, precondition));
    }
    return switch (named.cache().remove(key, precondition)) {
      case RemoveOutcome.Removed(long version) -> new EntryWriteOutcome.Deleted(version);
      case RemoveOutcome.Absent() -> new EntryWriteOutcome.Absent();
      case RemoveOutcome.PreconditionFailed(var present) ->
          new EntryWriteOutcome.PreconditionFailed(present);
    };
  }

  /// One page of entries in key order.
  public EntryListing list(String cacheName, EntryListing.Query query) {
    Optional<NamedCache> named = registry.find(cacheName);
    if (named.isEmpty()) {
      return new EntryListing.UnknownCache();
    }
    if (query.limit() < 1 || query.limit() > EntryListing.Query.MAX_LIMIT) {
      return new EntryListing.Invalid(
          Violation.malformed(
              "limit",
              "a whole number from 1 to " + EntryListing.Query.MAX_LIMIT,
              "The limit is out of bounds."));
    }
    Predicate<String> keys = key -> true;
    if (query.match().isPresent()) {
      Optional<GlobPattern> pattern = GlobPattern.parse(query.match().get());
      if (pattern.isEmpty()) {
        return new EntryListing.Invalid(
            Violation.malformed(
                "match",
                "a pattern of at most "
                    + GlobPattern.MAX_LENGTH
                    + " characters with *, ?, [...] and backslash",
                "The pattern is too long, ends in a backslash, or has a bracket without end."));
      }
      keys = pattern.get();
    }
    if (query.prefix().isPresent()) {
      String prefix = query.prefix().get();
      keys = ((Predicate<String>) key -> key.startsWith(prefix)).and(keys);
    }
    var page =
        named
            .get()
            .cache()
            .list(new ListingQuery<>(query.after(), keys, query.tag(), query.limit()));
    return new EntryListing.Page(page.entries(), page.next());
  }
}
