package io.forebay.backends.calls;

import io.forebay.cache.tier.TierCondition.Breaker;
import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierObserver.Operation;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// Every call to a backend passes here: it needs the circuit breaker's consent, it has a deadline,
/// and it is counted.
///
/// The breaker opens when half of the last twenty calls got no answer or a broken connection, and
/// lets two calls try again a second later. A backend that says no does answer.
///
/// Thread-safe. Calls are made on the caller's thread.
public final class GuardedCalls {

  private static final Duration OPEN = Duration.ofSeconds(1);

  private final Duration deadline;
  private final TierObserver observer;
  private final CircuitBreaker breaker;
  private final AtomicLong underWay = new AtomicLong();

  public GuardedCalls(String backend, Duration deadline, TierObserver observer) {
    this.deadline = deadline;
    this.observer = observer;
    this.breaker =
        CircuitBreaker.of(
            backend,
            CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(20)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .waitDurationInOpenState(OPEN)
                .permittedNumberOfCallsInHalfOpenState(2)
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(5))
                .build());
  }

  /// Whether calls are not even tried.
  public boolean isBreakerOpen() {
    return breaker() == Breaker.OPEN;
  }

  /// Whether calls are made, as a condition of the tier has it.
  public Breaker breaker() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> Breaker.OPEN;
      case HALF_OPEN -> Breaker.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> Breaker.CLOSED;
    };
  }

  /// Calls that wait for an answer.
  public long underWay() {
    return underWay.get();
  }

  /// Something to ask, within a deadline.
  public interface Call<R> {
    R within(Deadline deadline) throws CallFailed;
  }

  /// What the call comes to.
  ///
  /// @param failed what a failure comes to
  public <R> R call(Operation operation, Call<R> call, Function<TierFailure, R> failed) {
    long began = System.nanoTime();
    underWay.incrementAndGet();
    try {
      R answer = guarded(call, began);
      observer.answered(operation, System.nanoTime() - began);
      return answer;
    } catch (CallFailed e) {
      observer.failed(operation, e.failure().kind(), System.nanoTime() - began);
      return failed.apply(e.failure());
    } finally {
      underWay.decrementAndGet();
    }
  }

  private <R> R guarded(Call<R> call, long began) throws CallFailed {
    if (!breaker.tryAcquirePermission()) {
      throw new CallFailed(Kind.BREAKER_OPEN, "it failed often lately");
    }
    try {
      R answer = call.within(Deadline.after(deadline));
      breaker.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
      return answer;
    } catch (CallFailed e) {
      judge(e, System.nanoTime() - began);
      throw e;
    } catch (RuntimeException | Error unexpected) {
      breaker.onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, unexpected);
      throw unexpected;
    }
  }

  private void judge(CallFailed failed, long nanos) {
    switch (failed.failure().kind()) {
      case TIMED_OUT, BROKEN -> breaker.onError(nanos, TimeUnit.NANOSECONDS, failed);
      case REFUSED -> breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
      case BREAKER_OPEN, BUSY, DISCONNECTED -> breaker.releasePermission();
    }
  }
}
