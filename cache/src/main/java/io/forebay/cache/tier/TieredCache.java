package io.forebay.cache.tier;

import io.forebay.cache.Cache;
import io.forebay.cache.Draft;
import io.forebay.cache.Entry;
import io.forebay.cache.Invalidation;
import io.forebay.cache.InvalidationBatch;
import io.forebay.cache.InvalidationLog;
import io.forebay.cache.InvalidationOrder;
import io.forebay.cache.Lifetime;
import io.forebay.cache.Lineage;
import io.forebay.cache.LoadToken;
import io.forebay.cache.LogOutcome;
import io.forebay.cache.Position;
import io.forebay.cache.Precondition;
import io.forebay.cache.Scope;
import io.forebay.cache.TimeSource;
import io.forebay.cache.VersionClock;
import io.forebay.cache.WriteOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A [Cache] with a [Tier] behind it. [Cache#get] never waits; this face does, so it is for virtual
/// threads.
///
/// **Reading**: the cache, else the tier (and then a copy into the cache), else nothing, and the
/// caller loads. A copy is judged by the position at which its own load began, and fenced by the
/// token that was opened before the tier was read:
///
/// ```
/// reader                      invalidator of the key
/// opens token
/// reads the old value
///                             removes it from the tier, appends a record
///                             record in force here: fences the token
/// copy refused
/// ```
///
/// So whoever changes a key changes the tier first and the log then: a token opened after the
/// record is in force finds the tier changed.
///
/// **Loading**: the tier's fence is taken, then the source is asked, then the tier, then the cache.
///
/// **Writing** (write_through): the tier, then the log, so that other nodes drop their copies, then
/// this cache. If the tier fails, this node keeps nothing under the key.
///
/// In the mode write_around the tier and the log alone, and memory lets go of what it has; in
/// write_behind the tier is one that acknowledges what it has written down, and carries it out
/// later.
///
/// **Without the tier** reads and loads go on with the cache alone, and writes are refused.
///
/// Whether what is read may be served as fresh is besides a question of the log's
/// [io.forebay.cache.Lease], which the caller asks before it asks here, and again after it has the
/// entry.
///
/// Thread-safe.
public final class TieredCache<V> {

  /// A reader whose copy was overtaken by a write looks again so often.
  private static final int LOOKS = 3;

  /// A writer whose value was covered by an invalidation that it had not heard of tries so often.
  private static final int WRITES = 3;

  private final Cache<String, V> memory;
  private final Tier tier;
  private final TierCodec<V> codec;
  private final InvalidationLog log;
  private final VersionClock versions;
  private final TimeSource time;
  private final WriteMode mode;
  private final TierCounters counters = new TierCounters();

  /// @param memory built with the same log and clocks, and with
  ///   [io.forebay.cache.CacheBuilder#copiesLive] of at least [#copiesLive]
  public TieredCache(
      Cache<String, V> memory,
      Tier tier,
      TierCodec<V> codec,
      InvalidationLog log,
      VersionClock versions,
      TimeSource time) {
    this(memory, tier, codec, log, versions, time, WriteMode.WRITE_THROUGH);
  }

  /// @param mode for [WriteMode#WRITE_BEHIND], the tier has to be one that lets writes wait
  public TieredCache(
      Cache<String, V> memory,
      Tier tier,
      TierCodec<V> codec,
      InvalidationLog log,
      VersionClock versions,
      TimeSource time,
      WriteMode mode) {
    this.memory = memory;
    this.tier = tier;
    this.codec = codec;
    this.log = log;
    this.versions = versions;
    this.time = time;
    this.mode = mode;
  }

  /// How long a value of before an invalidation may come out of a tier at most: one is filled late
  /// by a node that heard of the invalidation late, and then lives.
  public static Duration copiesLive(Tier tier) {
    return tier.longestLife().plus(tier.longestFill().multipliedBy(2));
  }

  public Cache<String, V> memory() {
    return memory;
  }

  public TierStatistics statistics() {
    return counters.sum();
  }

  // ---- reading

  /// The entry, from memory or the tier; null if neither has one that is of use. A stale one in
  /// memory is given only if the tier has none.
  public @Nullable Entry<String, V> get(String key) {
    Entry<String, V> present = memory.get(key);
    if (present != null && present.isFresh(time.nanoTime())) {
      return present;
    }
    Entry<String, V> copy = fetch(key);
    if (copy == null) {
      return present;
    }
    if (present != null) {
      present.close();
    }
    return copy;
  }

  /// Copies the tier's value into memory before anybody asks for it, if memory has room for it.
  ///
  /// @return whether the tier had one that may be trusted
  public boolean warm(String key) {
    try (Entry<String, V> copy = fetch(key)) {
      return copy != null;
    }
  }

  /// The entry as the tier has it, with its true age; null if it has none that may be trusted, or
  /// cannot be asked. Memory gets a copy.
  public @Nullable Entry<String, V> look(String key) {
    return fetch(key);
  }

  /// The tier's value, copied into memory; null if it has none that may be trusted.
  private @Nullable Entry<String, V> fetch(String key) {
    for (int look = 0; look < LOOKS; look++) {
      LoadToken<String> token = memory.beginLoad(key);
      switch (tier.read(new TierKey(memory.name(), key))) {
        case TierRead.Unavailable _ -> {
          token.abandon();
          counters.readsFailed.increment();
          return null;
        }
        case TierRead.Absent() -> {
          token.abandon();
          counters.misses.increment();
          return null;
        }
        case TierRead.Found found -> {
          Copied<V> copied = copy(token, found);
          if (!copied.lookAgain) {
            return copied.entry;
          }
        }
      }
    }
    counters.misses.increment();
    return null;
  }

  private record Copied<V>(@Nullable Entry<String, V> entry, boolean lookAgain) {}

  private Copied<V> copy(LoadToken<String> token, TierRead.Found found) {
    Optional<V> value = codec.decode(found.value().type(), found.value().bytes(), found.age());
    if (value.isEmpty()) {
      token.abandon();
      counters.unreadable.increment();
      return new Copied<>(null, false);
    }
    TierValue stored = found.value();
    Draft<V> draft = new Draft<>(value.get(), stored.lifetime(), stored.tags(), stored.metadata());
    Lineage lineage = new Lineage(found.version(), stored.loadBegan(), found.age());
    String key = token.key();
    return switch (memory.admit(token, draft, lineage)) {
      case WriteOutcome.Stored _ -> hit(key, draft, lineage);
      case WriteOutcome.PreconditionFailed _ ->
          throw new IllegalStateException("a copy has no precondition");
      case WriteOutcome.Refused(WriteOutcome.Reason reason) ->
          switch (reason) {
            case NOT_ADMITTED, TOO_LARGE -> hit(key, draft, lineage);
            case OVERTAKEN -> new Copied<>(null, true);
            case INVALIDATED_SINCE -> {
              counters.distrusted.increment();
              yield new Copied<>(null, false);
            }
            case CLOSED -> new Copied<>(null, false);
          };
    };
  }

  private Copied<V> hit(String key, Draft<V> draft, Lineage lineage) {
    counters.hits.increment();
    return new Copied<>(new TierEntry<>(key, draft, lineage, time), false);
  }

  // ---- loading

  /// Opens a load, before the source is asked. Must reach [#complete] or [#abandon].
  public TieredLoad beginLoad(String key) {
    LoadToken<String> token = memory.beginLoad(key);
    return switch (tier.beginFill(new TierKey(memory.name(), key), false)) {
      case FillStart.Granted(FillStart.Ticket ticket) -> new TieredLoad(token, ticket, null);
      case FillStart.Elsewhere _ ->
          throw new IllegalStateException("only exclusive fills take turns");
      case FillStart.Unavailable(TierFailure failure) -> {
        counters.writesFailed.increment();
        yield new TieredLoad(token, null, failure);
      }
    };
  }

  /// Stores what a load found in the tier and in memory. Without the tier, in memory alone.
  public WriteOutcome complete(TieredLoad load, Draft<V> draft) {
    LoadToken<String> token = load.token;
    if (load.ticket == null || token.isInvalidated(draft.tags())) {
      abandonTicket(load);
      return memory.complete(token, draft);
    }
    TierValue value = value(draft, token);
    return switch (tier.fill(load.ticket, value)) {
      case TierWrite.Stored(long version, boolean _) ->
          memory.admit(token, draft, new Lineage(version, token.began(), Duration.ZERO));
      case TierWrite.Overtaken() -> {
        token.abandon();
        yield new WriteOutcome.Refused(WriteOutcome.Reason.OVERTAKEN);
      }
      case TierWrite.TooLarge() -> memory.complete(token, draft);
      case TierWrite.Unavailable _ -> {
        counters.writesFailed.increment();
        yield memory.complete(token, draft);
      }
      case TierWrite.PreconditionFailed _ ->
          throw new IllegalStateException("a fill has no precondition");
    };
  }

  /// Stores a value that was loaded long ago and was found to be valid since this load was opened:
  /// a backup's. Refused if anything changed or invalidated the key since. Other nodes hear of it
  /// as of a client's write, and as with one, nothing is kept if the tier fails.
  public TieredWrite restore(TieredLoad load, Draft<V> draft) {
    LoadToken<String> token = load.token;
    if (load.ticket == null) {
      token.abandon();
      return new TieredWrite.Unavailable(load.failure().orElseThrow());
    }
    TierValue value = value(draft, token);
    return switch (tier.fill(load.ticket, value)) {
      case TierWrite.Stored(long version, boolean replaced) -> {
        LogOutcome told = tell(InvalidationOrder.written(memory.name(), token.key(), version));
        yield isCovered(token, draft, version, value.loadBegan())
            ? new TieredWrite.Refused(WriteOutcome.Reason.INVALIDATED_SINCE)
            : outcome(told, version, replaced);
      }
      case TierWrite.Overtaken() -> {
        token.abandon();
        yield new TieredWrite.Refused(WriteOutcome.Reason.OVERTAKEN);
      }
      case TierWrite.TooLarge() -> {
        token.abandon();
        yield new TieredWrite.Refused(WriteOutcome.Reason.TOO_LARGE);
      }
      case TierWrite.Unavailable(TierFailure failed) -> {
        token.abandon();
        counters.writesFailed.increment();
        var _ = memory.remove(token.key(), Precondition.NONE);
        yield new TieredWrite.Unavailable(failed);
      }
      case TierWrite.PreconditionFailed _ ->
          throw new IllegalStateException("a fill has no precondition");
    };
  }

  /// A turn that comes to us this long before the end of another's lease, or later, counts as lost
  /// by the other: the tier's clock differs from ours, and it cuts milliseconds off.
  private static final Duration LEASE_SLACK = Duration.ofMillis(5);

  /// This node's turn to load something.
  ///
  /// @param waited whether another had it before: what it loaded may be in the tier
  /// @param otherWasLost whether that other never ended it
  public record Turn(FillTurn turn, boolean waited, boolean otherWasLost) {
    static final Turn NONE = new Turn(FillTurn.NONE, false, false);
  }

  /// Takes this node's turn to load something that all nodes share; waits while another has it.
  /// Without the tier, everybody's turn is now.
  ///
  /// @param place what is loaded: a key, or something that stands for several
  /// @param patience how long to wait at most
  /// @return empty if that was too long
  public Optional<Turn> turn(String place, Duration patience) {
    if (!tier.abilities().contains(Tier.Ability.LEASES)) {
      return Optional.of(Turn.NONE);
    }
    TierKey key = new TierKey(memory.name(), place);
    long end = System.nanoTime() + patience.toNanos();
    long othersEnd = 0;
    boolean waited = false;
    while (true) {
      // Its lease runs since some moment after this, and may be over before the answer is here.
      long asked = System.nanoTime();
      switch (tier.beginFill(key, true)) {
        case FillStart.Unavailable _ -> {
          return Optional.of(Turn.NONE);
        }
        case FillStart.Granted(FillStart.Ticket ticket) -> {
          boolean lost = waited && System.nanoTime() - othersEnd >= -LEASE_SLACK.toNanos();
          return Optional.of(new Turn(new FillTurn(() -> tier.abandon(ticket)), waited, lost));
        }
        case FillStart.Elsewhere(Duration left) -> {
          if (System.nanoTime() - end >= 0) {
            return Optional.empty();
          }
          othersEnd = asked + left.toNanos();
          waited = true;
          try {
            tier.awaitFill(key, shorter(Duration.ofNanos(end - System.nanoTime()), left));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(Turn.NONE);
          }
        }
      }
    }
  }

  public void abandon(TieredLoad load) {
    abandonTicket(load);
    load.token.abandon();
  }

  private void abandonTicket(TieredLoad load) {
    if (load.ticket != null) {
      tier.abandon(load.ticket);
    }
  }

  private TierValue value(Draft<V> draft, LoadToken<String> token) {
    TierCodec.Encoded encoded = codec.encode(draft.value());
    Duration fresh = shorter(draft.lifetime().fresh(), tier.longestLife());
    Duration stale = shorter(draft.lifetime().stale(), tier.longestLife().minus(fresh));
    return new TierValue(
        encoded.type(),
        encoded.bytes(),
        draft.tags(),
        draft.metadata(),
        new Lifetime(fresh, stale),
        position(token));
  }

  /// Where the load began, for a value that may outlive this process: never a position that the log
  /// may give to another record after a restart.
  private Position position(LoadToken<String> token) {
    Position durable = log.durable();
    return tier.abilities().contains(Tier.Ability.DURABLE) && durable.compareTo(token.began()) < 0
        ? durable
        : token.began();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  // ---- writing

  /// Stores a client's value, in the tier first.
  public TieredWrite put(String key, Draft<V> draft, Precondition precondition) {
    TierKey slot = new TierKey(memory.name(), key);
    Precondition asked = precondition;
    @Nullable TieredWrite done = null;
    for (int attempt = 0; attempt < WRITES; attempt++) {
      LoadToken<String> token = memory.beginLoad(key);
      TierValue value = value(draft, token);
      switch (tier.write(slot, value, asked, versions.next())) {
        case TierWrite.Stored(long version, boolean replaced) -> {
          LogOutcome told = tell(InvalidationOrder.written(slot.cache(), key, version));
          boolean replacedFirst =
              done instanceof TieredWrite.Stored(long _, boolean r) ? r : replaced;
          done = outcome(told, version, replacedFirst);
          if (!isCovered(token, draft, version, value.loadBegan())) {
            return done;
          }
          // An invalidation that was in the log before, but not yet in force here, covers the value
          // although the write came later: it is written again at a position that says so.
          asked = new Precondition.VersionIn(Set.of(version));
        }
        case TierWrite.PreconditionFailed failed -> {
          token.abandon();
          return done != null ? done : new TieredWrite.PreconditionFailed(failed.present());
        }
        case TierWrite.TooLarge() -> {
          token.abandon();
          return new TieredWrite.Refused(WriteOutcome.Reason.TOO_LARGE);
        }
        case TierWrite.Unavailable(TierFailure failure) -> {
          token.abandon();
          counters.writesFailed.increment();
          var _ = memory.remove(key, Precondition.NONE);
          return done != null ? done : new TieredWrite.Unavailable(failure);
        }
        case TierWrite.Overtaken() -> throw new IllegalStateException("a write is no fill");
      }
    }
    return done != null ? done : new TieredWrite.Refused(WriteOutcome.Reason.INVALIDATED_SINCE);
  }

  /// Copies a written value into memory, unless it goes around.
  ///
  /// @return whether an invalidation covers the value
  private boolean isCovered(
      LoadToken<String> token, Draft<V> draft, long version, Position loadBegan) {
    return switch (mode) {
      case WRITE_THROUGH, WRITE_BEHIND ->
          memory.admit(token, draft, new Lineage(version, loadBegan, Duration.ZERO))
                  instanceof WriteOutcome.Refused(WriteOutcome.Reason reason)
              && reason == WriteOutcome.Reason.INVALIDATED_SINCE;
      case WRITE_AROUND -> {
        boolean covered = token.isInvalidated(draft.tags());
        token.abandon();
        var _ = memory.remove(token.key(), Precondition.NONE);
        yield covered;
      }
    };
  }

  private static TieredWrite outcome(LogOutcome told, long version, boolean replaced) {
    return switch (told) {
      case LogOutcome.Kept _ -> new TieredWrite.Stored(version, replaced);
      case LogOutcome.Queued queued ->
          new TieredWrite.Unannounced(version, replaced, queued.reason());
      case LogOutcome.NotKept(Position _, Position _, String reason) ->
          new TieredWrite.Unavailable(neverTold(reason));
    };
  }

  /// Removes one entry, from the tier first.
  public TieredRemoval remove(String key, Precondition precondition) {
    return switch (tier.remove(new TierKey(memory.name(), key), precondition)) {
      case TierRemoval.Removed(long version) -> told(key, new TieredRemoval.Removed(version));
      case TierRemoval.Absent() -> told(key, new TieredRemoval.Absent());
      case TierRemoval.PreconditionFailed failed ->
          new TieredRemoval.PreconditionFailed(failed.present());
      case TierRemoval.Unavailable(TierFailure failure) -> {
        counters.writesFailed.increment();
        var _ = memory.remove(key, Precondition.NONE);
        yield new TieredRemoval.Unavailable(failure);
      }
    };
  }

  private TieredRemoval told(String key, TieredRemoval outcome) {
    LogOutcome told =
        tell(
            new InvalidationOrder(
                Optional.of(memory.name()), new Scope.Keys(Set.of(key)), Invalidation.Mode.HARD));
    return switch (told) {
      case LogOutcome.Kept _ -> outcome;
      case LogOutcome.Queued queued -> new TieredRemoval.Unannounced(queued.reason());
      case LogOutcome.NotKept(Position _, Position _, String reason) ->
          new TieredRemoval.Unavailable(neverTold(reason));
    };
  }

  /// Done, but nothing keeps the news for the other nodes, so it may not be reported as pending.
  private static TierFailure neverTold(String reason) {
    return new TierFailure(TierFailure.Kind.BROKEN, "other nodes could not be told: " + reason);
  }

  private LogOutcome tell(InvalidationOrder order) {
    return log.append(InvalidationBatch.ofOurselves(order, ""));
  }
}
