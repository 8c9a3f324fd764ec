package io.forebay.proxy.origin;

import io.forebay.proxy.origin.OriginClient.Attempt;
import io.forebay.proxy.origin.OriginClient.Sending;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gets a request answered by one of a pool's origins: takes a place at one, sends, and perhaps
/// goes on to another.
///
/// Sent once more is
/// - to another origin, whatever its method, a request that no origin has seen, because no
///   connection was had;
/// - a request without a body whose method is idempotent (RFC 9110 §9.2.2): to the same origin,
///   when it failed on a connection that had been used before, which the origin may just have given
///   up for being idle; and to another, when the origin closed the connection or answered 502, 503
///   or 504. Each of these comes out of the pool's [RetryBudget].
///
/// What the origin did not answer in time is not repeated: it may still be at it, and the client
/// has waited long enough. Only on a trial it is, since we chose to try.
public final class OriginDispatch {

  /// Idle connections of an origin may all be closing at once.
  private static final int MAX_REPEATS = 4;

  /// At so many origins a request is tried.
  public static final int MAX_ORIGINS_TRIED = 3;

  private final OriginClient client;
  private final OriginPools pools;

  public OriginDispatch(OriginClient client, OriginPools pools) {
    this.client = client;
    this.pools = pools;
  }

  /// The origins as one event loop asks them.
  public LoopOrigins on(EventLoop loop) {
    return client.on(loop, pools);
  }

  /// Sends the request and waits for the head of its final response, on a virtual thread.
  public OriginOutcome send(
      PoolSettings settings, OriginTimeouts timeouts, Sending sending, Errand errand) {
    Pool pool = pools.of(settings);
    Wish wish = new Wish(errand, sending.isRepeatable(), List.of());
    @Nullable OriginOutcome outcome = null;
    @Nullable Slot slot = sending.first().map(FirstAttempt::slot).orElse(null);
    Optional<Attempt> first = sending.first().flatMap(FirstAttempt::made);
    while (true) {
      if (slot == null) {
        switch (pool.take(wish, sending.givenUp())) {
          case Pool.Taking.Refused(var why) -> {
            return outcome == null ? why : outcome;
          }
          case Pool.Taking.Taken(var taken) -> slot = taken;
        }
      }
      outcome = sendTo(pool, slot, timeouts, sending, first);
      first = Optional.empty();
      wish = wish.elsewhereThan(slot.member());
      if (wish.tried().size() == MAX_ORIGINS_TRIED || sending.givenUp().isDone()) {
        return outcome;
      }
      switch (next(outcome, slot, sending)) {
        case DONE -> {
          return outcome;
        }
        case ELSEWHERE -> slot = null;
        case ELSEWHERE_IF_UP -> {
          slot = pool.takeOther(wish);
          if (slot == null) {
            return outcome;
          }
          if (!pool.mayRetry()) {
            slot.leave();
            return outcome;
          }
          if (outcome instanceof OriginOutcome.Answered answered) {
            answered.body().cancel();
          }
        }
      }
    }
  }

  private enum Next {
    DONE,
    /// No origin has seen the request.
    ELSEWHERE,
    ELSEWHERE_IF_UP
  }

  private static Next next(OriginOutcome outcome, Slot slot, Sending sending) {
    return switch (outcome) {
      case OriginOutcome.Answered(var head, var _, var _, var _) ->
          switch (head.status()) {
            // They speak of the server; a 500 may be the request's own.
            case 502, 503, 504 -> sending.isRepeatable() ? Next.ELSEWHERE_IF_UP : Next.DONE;
            default -> Next.DONE;
          };
      case OriginOutcome.Failed(var error, var _) when error.isBeforeRequest() -> Next.ELSEWHERE;
      case OriginOutcome.Failed(var error, var _) -> {
        boolean isWorthIt =
            error.isTypicalOfReuse()
                || (slot.isTrial() && error == OriginError.HTTP_RESPONSE_TIMEOUT);
        yield isWorthIt && sending.isRepeatable() ? Next.ELSEWHERE_IF_UP : Next.DONE;
      }
    };
  }

  /// To one origin, on as many connections as turn out to be given up.
  ///
  /// @param first what came of the first sending, if it was sent already
  private OriginOutcome sendTo(
      Pool pool, Slot slot, OriginTimeouts timeouts, Sending sending, Optional<Attempt> first) {
    try {
      for (int repeats = 0; ; repeats++) {
        Attempt made =
            repeats == 0 && first.isPresent()
                ? first.get()
                : client.send(slot.member(), timeouts, sending, slot);
        if (!(made.outcome() instanceof OriginOutcome.Failed failed)) {
          return made.outcome();
        }
        boolean isWorthRepeating = made.onReusedConnection() && failed.error().isTypicalOfReuse();
        if (!isWorthRepeating
            || repeats == MAX_REPEATS
            || !sending.isRepeatable()
            || !pool.mayRetry()) {
          if (sending.givenUp().isDone()) {
            // It failed because we broke it off.
            slot.leave();
          } else {
            slot.failed(failed);
          }
          return failed;
        }
      }
    } catch (RuntimeException | Error e) {
      slot.leave();
      throw e;
    }
  }

  /// Whether all of the pool is down, and a refresh would show whether it still is.
  public boolean isTrialDue(PoolSettings settings) {
    return pools.of(settings).isTrialDue();
  }
}
