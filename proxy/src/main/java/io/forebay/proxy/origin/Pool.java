package io.forebay.proxy.origin;

import io.forebay.cache.TimeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Origins that answer the same requests: which of them gets the next one, and who waits.
///
/// 1. An origin whose time down is over gets one request as a trial, if that does no harm: it could
///    be repeated elsewhere, or nobody waits for it.
/// 2. Else the origins *in charge* get it: those that are up, of the first priority that has any;
///    among them the one with the least under way ([Tier]).
/// 3. If these have no room, and are so few that the others' being down looks like a mistake, those
///    get it (*panic*). Else it waits.
/// 4. If none is up, a request that something stale can answer is spared; any other goes to
///    whichever origin has room: a pool never refuses because all of it is down.
///
/// Thread-safe; in the usual case without a lock.
final class Pool {

  private static final Logger log = LoggerFactory.getLogger(Pool.class);

  /// More origins than this are not used.
  static final int MAX_ORIGINS = 1_000;

  private final TimeSource time;
  private final WaitingRoom waitingRoom = new WaitingRoom(this::enterNow);
  private final RetryBudget retries;
  private final LongAdder spared = new LongAdder();

  /// Completes when every source has been looked at once.
  private final CompletableFuture<Void> firstLook = new CompletableFuture<>();

  private volatile PoolSettings settings;
  private volatile Members members = Members.NONE;
  private volatile boolean anyDown;
  private volatile OriginError whyUnknown = OriginError.DESTINATION_UNKNOWN;

  Pool(PoolSettings settings, TimeSource time) {
    this.settings = settings;
    this.time = time;
    this.retries = new RetryBudget(time.nanoTime());
  }

  PoolSettings settings() {
    return settings;
  }

  Members members() {
    return members;
  }

  long nanoTime() {
    return time.nanoTime();
  }

  /// What became of the wish for a place.
  sealed interface Taking {
    record Taken(Slot slot) implements Taking {}

    record Refused(OriginOutcome.Failed why) implements Taking {}
  }

  /// Takes a place at the origin that is to get the request; waits for one if need be, on a virtual
  /// thread.
  ///
  /// @param givenUp ends the wait
  Taking take(Wish wish, CompletableFuture<Void> givenUp) {
    Members now = members;
    if (now.isEmpty()) {
      awaitFirstLook();
      now = members;
    }
    if (now.all().size() <= wish.tried().size()) {
      return refused(whyUnknown);
    }
    if (!waitingRoom.isAhead(wish.fills())) {
      Slot slot = enter(now, wish);
      if (slot != null) {
        return new Taking.Taken(slot);
      }
    }
    if (isSpared(now, wish.errand())) {
      spared.increment();
      return refused(
          now.cause() == Health.Cause.UNREACHABLE
              ? OriginError.DESTINATION_UNAVAILABLE
              : OriginError.DESTINATION_FAILING);
    }
    return switch (waitingRoom.await(wish, settings.limits(), givenUp)) {
      case WaitingRoom.Outcome.Turn(var slot) -> new Taking.Taken(slot);
      case WaitingRoom.Outcome.Refused(var error) -> refused(error);
    };
  }

  /// The same, for who can't wait: null if there is no place at once.
  @Nullable Slot takeAtOnce(Wish wish) {
    Members now = members;
    return now.isEmpty() || waitingRoom.isAhead(wish.fills()) ? null : enter(now, wish);
  }

  private static Taking refused(OriginError error) {
    return new Taking.Refused(OriginOutcome.Failed.of(error));
  }

  private void awaitFirstLook() {
    try {
      var _ = firstLook.get(settings.limits().patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // Then there is none yet.
      return;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a look never fails", e);
    }
  }

  /// Takes a place at an origin that is up and was not tried, if one has room now.
  @Nullable Slot takeOther(Wish wish) {
    for (Tier tier : members.tiers()) {
      Slot slot = enter(tier, true, wish);
      if (slot != null) {
        return slot;
      }
    }
    return null;
  }

  private @Nullable Slot enterNow(Wish wish) {
    return enter(members, wish);
  }

  private @Nullable Slot enter(Members now, Wish wish) {
    if (now.isEmpty()) {
      return null;
    }
    if (!anyDown && wish.tried().isEmpty()) {
      return enter(now.tiers().getFirst(), true, wish);
    }
    Tier inCharge = now.inCharge(wish.tried());
    if (!wish.errand().waited() || (wish.isRepeatable() && inCharge != null)) {
      Slot trial = enterOnTrial(now, wish);
      if (trial != null) {
        return trial;
      }
    }
    if (inCharge == null) {
      return isSpared(now, wish.errand()) ? null : enterAnyDown(now, wish);
    }
    Slot slot = enter(inCharge, true, wish);
    boolean isPanic =
        slot == null && inCharge.up() * 100 < settings.down().panicBelowPercent() * inCharge.size();
    return isPanic ? enter(inCharge, false, wish) : slot;
  }

  private @Nullable Slot enter(Tier tier, boolean isUp, Wish wish) {
    Member member = tier.enter(isUp, wish.fills(), settings.limits(), wish.tried());
    return member == null ? null : new Slot(this, member, wish.fills(), false);
  }

  private @Nullable Slot enterOnTrial(Members now, Wish wish) {
    for (Tier tier : now.tiers()) {
      Member member =
          tier.enterOnTrial(wish.fills(), settings.limits(), wish.tried(), time.nanoTime());
      if (member != null) {
        return new Slot(this, member, wish.fills(), true);
      }
    }
    return null;
  }

  private @Nullable Slot enterAnyDown(Members now, Wish wish) {
    for (Tier tier : now.tiers()) {
      Slot slot = enter(tier, false, wish);
      if (slot != null) {
        return slot;
      }
    }
    return null;
  }

  private static boolean isSpared(Members now, Errand errand) {
    return now.inCharge(List.of()) == null && errand.canDoWithout(now.cause());
  }

  /// Whether none is up and a refresh may try one.
  boolean isTrialDue() {
    Members now = members;
    return anyDown && now.inCharge(List.of()) == null && now.isTrialDue(time.nanoTime());
  }

  /// Whether a request may be sent once more.
  boolean mayRetry() {
    return retries.tryTake(settings.retryPercent(), members.requests(), time.nanoTime());
  }

  /// A place has become free, or an origin has come or recovered.
  void hasRoom() {
    waitingRoom.admit();
  }

  /// Goes on with other settings; what is known of the origins stays.
  void apply(PoolSettings other) {
    settings = other;
    members.all().forEach(member -> member.health().apply(other));
    hasRoom();
  }

  /// From now on these are its origins; of two that are the same the first counts. What is known of
  /// those that stay is kept.
  synchronized void list(List<ListedOrigin> found) {
    Map<Origin, ListedOrigin> wanted = new LinkedHashMap<>();
    found.forEach(listed -> wanted.putIfAbsent(listed.origin(), listed));
    Map<Origin, Member> known = members.byOrigin();
    List<Member> all = new ArrayList<>();
    for (ListedOrigin listed : wanted.values()) {
      if (all.size() == MAX_ORIGINS) {
        log.atWarn()
            .addKeyValue("pool", settings.name())
            .addKeyValue("found", wanted.size())
            .addKeyValue("used", MAX_ORIGINS)
            .log("more origins than are used");
        break;
      }
      Member member = known.get(listed.origin());
      if (member == null) {
        member = new Member(listed, settings, time.nanoTime(), this::changed);
      }
      member.relist(listed);
      all.add(member);
    }
    members = Members.of(all);
    noteDown();
    hasRoom();
  }

  /// Every source has been looked at, or is known again not to be found.
  ///
  /// @param whyUnknownNow what a request is told while there is no origin
  void looked(OriginError whyUnknownNow) {
    whyUnknown = whyUnknownNow;
    firstLook.complete(null);
  }

  private void changed(Member member, Health.Spell spell) {
    noteDown();
    switch (spell) {
      case Health.Spell.Up _ ->
          log.atInfo()
              .addKeyValue("pool", settings.name())
              .addKeyValue("origin", member.origin())
              .log("origin is up");
      case Health.Spell.Down down -> {
        member.countDown();
        log.atWarn()
            .addKeyValue("pool", settings.name())
            .addKeyValue("origin", member.origin())
            .addKeyValue("why", down.why())
            .addKeyValue("for_ms", TimeUnit.NANOSECONDS.toMillis(down.lengthNanos()))
            .log("origin is down");
      }
    }
    hasRoom();
  }

  /// So that the usual case costs one read. Written last by whoever changed something last.
  private synchronized void noteDown() {
    anyDown = members.all().stream().anyMatch(member -> !member.health().isUp());
  }

  PoolFigures figures(Map<String, String> problems, long failedLookups) {
    long now = time.nanoTime();
    return new PoolFigures(
        settings.name(),
        members.all().stream().map(member -> member.figures(now)).toList(),
        waitingRoom.waiting(),
        waitingRoom.refusedFull(),
        waitingRoom.refusedLate(),
        spared.sum(),
        retries.taken(),
        retries.refused(),
        problems,
        failedLookups);
  }
}
