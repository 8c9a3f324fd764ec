package io.forebay.cache;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// What was invalidated since some moment, for values that come back from outside: a backup's.
///
/// Barriers cannot tell, since they retire when nothing that they cover is left here or in a tier,
/// and keys leave none. So this keeps, of everything that was invalidated or deleted, the name and
/// the newest moment. There is room for so many names; the oldest go first, and what lies before
/// them is then [Verdict#UNKNOWN].
///
/// **Two orders.** What entered the log is known by its position. Deletes of a cache without a tier
/// do not enter the log: they get a stamp of the [VersionClock], which the versions of entries come
/// from too. They are noted before they happen and again afterwards:
///
/// ```
/// who deletes                    who restores
/// notes the key
///                                opens a load, judges: refused
/// removes it
///                                (a load that was opened before is fenced by the removal)
/// notes it again: newer than any version that it removed
/// ```
///
/// Thread-safe; nothing here waits.
public final class InvalidationHistory {

  /// What is known of a value.
  public enum Verdict {
    /// Nothing that covers it was invalidated since.
    VALID,
    INVALIDATED,
    /// It is not known what was invalidated since.
    UNKNOWN
  }

  /// A moment on this node: everything that came before it has had its effect.
  ///
  /// @param stamp of the node's [VersionClock]
  public record Moment(Position position, long stamp) {}

  /// A value to be judged.
  ///
  /// @param taken when it was known to be valid at the latest
  /// @param loadBegan where in the log its load began; may be newer than that
  /// @param version may be newer than that
  /// @param isInMemoryAlone whether its cache has no tier, so that deletes do not enter the log
  public record Subject(
      String cache,
      String key,
      List<String> tags,
      Moment taken,
      Position loadBegan,
      long version,
      boolean isInMemoryAlone) {}

  private enum Kind {
    KEY,
    TAG,
    EVERYTHING
  }

  /// @param cache empty for every cache
  private record Named(Optional<String> cache, Kind kind, String name) {}

  private record Matching(Optional<String> cache, KeyMatcher matcher) {}

  /// Each value is held against every one of these.
  private static final int MAX_MATCHING = 1_000;

  private final InvalidationLog log;
  private final VersionClock versions;
  private final int maxNames;

  // Under this object's lock, oldest first.
  private final SequencedMap<Named, Position> named = new LinkedHashMap<>();
  private final SequencedMap<Matching, Position> matching = new LinkedHashMap<>();
  private final SequencedMap<Named, Long> deleted = new LinkedHashMap<>();
  private Position heard;
  private Position since;
  private long deletedSince;
  private long forgotten;

  private InvalidationHistory(
      InvalidationLog log, VersionClock versions, int maxNames, Position since) {
    this.log = log;
    this.versions = versions;
    this.maxNames = maxNames;
    this.heard = since;
    this.since = since;
    this.deletedSince = versions.next();
  }

  /// Begins to listen.
  ///
  /// @param past what the log's journal had kept when it was opened; empty if there is none
  /// @param maxNames how many names there is room for, those that were deleted apart; at least 1
  public static InvalidationHistory of(
      InvalidationLog log,
      VersionClock versions,
      Optional<InvalidationJournal.Recovered> past,
      int maxNames) {
    Position since = past.map(found -> found.summary().upTo()).orElseGet(log::last);
    var history = new InvalidationHistory(log, versions, maxNames, since);
    past.ifPresent(found -> found.since().forEach(history::hear));
    log.observe(history::hear);
    history.catchUpWith(log.last());
    return history;
  }

  public Moment now() {
    return new Moment(log.last(), versions.next());
  }

  // ---- what happens

  private synchronized void hear(InvalidationRecord record) {
    Position at = record.position();
    if (at.epoch() != heard.epoch() || at.n() != heard.n() + 1) {
      forgetUpTo(new Position(at.epoch(), at.n() - 1));
    }
    heard = at;
    if (record.order().written().isEmpty()) {
      note(record.order(), at);
    }
  }

  /// Whoever tells of records tells of them before they count as the log's last, so what is beyond
  /// those was never told.
  private void catchUpWith(Position last) {
    if (last.compareTo(heard) > 0) {
      forgetUpTo(last);
      heard = last;
    }
  }

  private void forgetUpTo(Position position) {
    named.clear();
    matching.clear();
    since = position;
  }

  private void note(InvalidationOrder order, Position at) {
    Optional<String> cache = order.cache();
    switch (order.scope()) {
      case Scope.Keys(Set<String> keys) -> note(cache, Kind.KEY, keys, at);
      // In a key-value cache a URL stands for a key that a tier could not be told of.
      case Scope.Urls(Set<String> urls) -> note(cache, Kind.KEY, urls, at);
      case Scope.Tags(Set<String> tags) -> note(cache, Kind.TAG, tags, at);
      case Scope.Everything() -> note(cache, Kind.EVERYTHING, Set.of(""), at);
      case Scope.Prefixes _, Scope.Patterns _, Scope.Hosts _ -> {
        for (KeyMatcher matcher : KeyMatcher.of(order.scope())) {
          matching.putLast(new Matching(cache, matcher), at);
          if (matching.size() > MAX_MATCHING) {
            since = Barriers.newer(since, oldestOf(matching));
          }
        }
      }
    }
  }

  private void note(Optional<String> cache, Kind kind, Set<String> names, Position at) {
    for (String name : names) {
      named.putLast(new Named(cache, kind, name), at);
      if (named.size() > maxNames) {
        since = Barriers.newer(since, oldestOf(named));
      }
    }
  }

  /// Notes that a key is deleted, or that it was just now.
  ///
  /// @param cache empty for every cache
  public synchronized void deleting(Optional<String> cache, String key) {
    deleted.putLast(new Named(cache, Kind.KEY, key), versions.next());
    if (deleted.size() > maxNames) {
      deletedSince = oldestOf(deleted);
    }
  }

  /// Forgets the oldest of several, for lack of room.
  private <V> V oldestOf(SequencedMap<?, V> several) {
    forgotten++;
    return Objects.requireNonNull(several.pollFirstEntry()).getValue();
  }

  /// Names that it knows.
  public synchronized int size() {
    return named.size() + matching.size() + deleted.size();
  }

  /// Names that had to be forgotten for lack of room.
  public synchronized long forgotten() {
    return forgotten;
  }

  // ---- what is asked

  /// Whether what this node can know of was known since.
  public boolean isKnownSince(Position position) {
    Position last = log.last();
    synchronized (this) {
      catchUpWith(last);
      return position.epoch() == heard.epoch()
          && position.compareTo(since) >= 0
          && position.compareTo(heard) <= 0;
    }
  }

  /// Whether a value was invalidated since it was taken. For a caller who must not be overtaken:
  /// open a load first.
  public Verdict judge(Subject value) {
    Position from = Barriers.newer(value.loadBegan, value.taken.position);
    if (!isKnownSince(from)) {
      return Verdict.UNKNOWN;
    }
    synchronized (this) {
      long version = Math.max(value.version, value.taken.stamp);
      if (value.isInMemoryAlone && version < deletedSince) {
        return Verdict.UNKNOWN;
      }
      return isCovered(Optional.of(value.cache), value, from, version)
              || isCovered(Optional.empty(), value, from, version)
          ? Verdict.INVALIDATED
          : Verdict.VALID;
    }
  }

  private boolean isCovered(Optional<String> cache, Subject value, Position from, long version) {
    Named key = new Named(cache, Kind.KEY, value.key);
    Long deletion = deleted.get(key);
    if ((deletion != null && deletion > version)
        || isNewer(key, from)
        || isNewer(new Named(cache, Kind.EVERYTHING, ""), from)) {
      return true;
    }
    for (String tag : value.tags) {
      if (isNewer(new Named(cache, Kind.TAG, tag), from)) {
        return true;
      }
    }
    for (var one : matching.sequencedEntrySet().reversed()) {
      if (one.getValue().compareTo(from) <= 0) {
        return false;
      }
      if (one.getKey().cache.equals(cache) && one.getKey().matcher.matches(value.key)) {
        return true;
      }
    }
    return false;
  }

  private boolean isNewer(Named name, Position from) {
    Position at = named.get(name);
    return at != null && at.compareTo(from) > 0;
  }
}
