package io.forebay.server.caches;

import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.EntryFacts;
import io.forebay.cache.GlobPattern;
import io.forebay.cache.Lifetime;
import io.forebay.cache.ListingQuery;
import io.forebay.cache.Precondition;
import io.forebay.cache.RemoveOutcome;
import io.forebay.cache.TimeSource;
import io.forebay.cache.WriteOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/// Reads, writes, deletes and lists entries of the named caches under the rules. Thread-safe; never
/// waits.
public final class EntryService {

  private final CacheRegistry registry;
  private final EntryRules rules;
  private final TimeSource time;

  public EntryService(CacheRegistry registry, EntryRules rules, TimeSource time) {
    this.registry = registry;
    this.rules = rules;
    this.time = time;
  }

  public EntryRules rules() {
    return rules;
  }

  /// The entry, fresh or within its stale window.
  public ReadOutcome read(String cacheName, String key) {
    Optional<NamedCache> named = registry.find(cacheName);
    if (named.isEmpty()) {
      return new ReadOutcome.UnknownCache();
    }
    Optional<Violation> violation = rules.brokenByKey(key);
    if (violation.isPresent()) {
      return new ReadOutcome.Invalid(violation.get());
    }
    try (Entry<String, StoredValue> entry = named.get().cache().get(key)) {
      return entry == null ? new ReadOutcome.Absent() : new ReadOutcome.Found(view(entry));
    }
  }

  private EntryView view(Entry<String, StoredValue> entry) {
    long now = time.nanoTime();
    EntryFacts<String> facts = entry.facts();
    return new EntryView(
        entry.key(),
        entry.value(),
        entry.version(),
        entry.tags(),
        entry.metadata(),
        Duration.ofNanos(entry.residentNanos(now)),
        entry.isFresh(now),
        Duration.ofNanos(entry.remainingFreshNanos(now)),
        Duration.between(facts.freshUntil(), facts.staleUntil()));
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
    return switch (named.get().cache().put(key, kept, precondition)) {
      case WriteOutcome.Stored(long version, boolean replaced) ->
          new EntryWriteOutcome.Written(version, !replaced);
      case WriteOutcome.PreconditionFailed(var present) ->
          new EntryWriteOutcome.PreconditionFailed(present);
      case WriteOutcome.Refused(var reason) -> refused(reason, named.get());
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
    return switch (named.get().cache().remove(key, precondition)) {
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
