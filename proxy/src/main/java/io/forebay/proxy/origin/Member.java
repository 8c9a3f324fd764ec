package io.forebay.proxy.origin;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/// An origin as one of a pool: its places, its health, its figures. It outlives changes of the
/// pool, as long as it stays in it.
final class Member {

  /// Requests that may be getting a connection at one time where connections are shared: more than
  /// one, so that an origin which allows few streams is not waited for one connection at a time.
  private static final int CONNECTING_AT_ONCE = 8;

  private static final long ONE_FILL = 1L << 32;

  private final Origin origin;
  private final Health health;
  private volatile ListedOrigin listed;

  /// Requests under way in the low half, fills among them in the high half.
  private final AtomicLong taken = new AtomicLong();

  private final LongAdder requests = new LongAdder();
  private final LongAdder errorResponses = new LongAdder();
  private final Map<OriginError, LongAdder> errors = new EnumMap<>(OriginError.class);
  private final LongAdder brokenBodies = new LongAdder();
  private final LongAdder timesDown = new LongAdder();
  private final LongAdder goodChecks = new LongAdder();
  private final LongAdder badChecks = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger loopConnections = new AtomicInteger();
  private final Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);

  /// @param changed hears when it goes down or comes up; must not wait
  Member(
      ListedOrigin listed,
      PoolSettings settings,
      long now,
      BiConsumer<Member, Health.Spell> changed) {
    this.origin = listed.origin();
    this.listed = listed;
    this.health = new Health(settings, now, spell -> changed.accept(this, spell));
    for (OriginError error : OriginError.values()) {
      errors.put(error, new LongAdder());
    }
  }

  Origin origin() {
    return origin;
  }

  Health health() {
    return health;
  }

  ListedOrigin listed() {
    return listed;
  }

  /// Its part has changed, or what it is found by.
  void relist(ListedOrigin now) {
    listed = now;
  }

  int underWay() {
    return (int) taken.get();
  }

  boolean hasRoom(boolean forFill, PoolSettings.Limits limits) {
    return hasRoom(taken.get(), forFill, limits);
  }

  private static boolean hasRoom(long taken, boolean forFill, PoolSettings.Limits limits) {
    return (int) taken < limits.requestsPerOrigin()
        && !(forFill && taken >>> 32 >= limits.fillsPerOrigin());
  }

  /// Takes a place, if there is one.
  boolean tryEnter(boolean asFill, PoolSettings.Limits limits) {
    long before = taken.get();
    while (hasRoom(before, asFill, limits)) {
      long seen = taken.compareAndExchange(before, before + 1 + (asFill ? ONE_FILL : 0));
      if (seen == before) {
        requests.increment();
        return true;
      }
      before = seen;
    }
    return false;
  }

  void leave(boolean asFill) {
    taken.addAndGet(-1 - (asFill ? ONE_FILL : 0));
  }

  void checkPassed(CheckSettings check, long now) {
    goodChecks.increment();
    health.checkPassed(check, now);
  }

  void checkFailed(CheckSettings check, long now, Health.Cause cause, String why) {
    badChecks.increment();
    health.checkFailed(check, now, cause, why);
  }

  void count(OriginError error) {
    Objects.requireNonNull(errors.get(error)).increment();
  }

  void countErrorResponse() {
    errorResponses.increment();
  }

  void countBrokenBody() {
    brokenBodies.increment();
  }

  void countDown() {
    timesDown.increment();
  }

  long requests() {
    return requests.sum();
  }

  /// A connection has come, or gone.
  AtomicInteger connections() {
    return connections;
  }

  /// Those of them that are of event loops ([LoopOrigins]).
  AtomicInteger loopConnections() {
    return loopConnections;
  }

  /// Held by whoever is getting a connection that others may share.
  Semaphore connecting() {
    return connecting;
  }

  OriginFigures figures(long nowNanos) {
    Map<OriginError, Long> byError = new EnumMap<>(OriginError.class);
    errors.forEach((error, count) -> {
      if (count.sum() > 0) {
        byError.put(error, count.sum());
      }
    });
    return new OriginFigures(
        listed,
        OriginFigures.Standing.of(health, nowNanos),
        requests.sum(),
        underWay(),
        (int) (taken.get() >>> 32),
        Math.max(0, connections.get()),
        byError,
        errorResponses.sum(),
        brokenBodies.sum(),
        timesDown.sum(),
        goodChecks.sum(),
        badChecks.sum());
  }
}
