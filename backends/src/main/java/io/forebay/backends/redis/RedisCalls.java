package io.forebay.backends.redis;

import io.forebay.cache.tier.TierFailure;
import io.forebay.cache.tier.TierObserver;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Every call to Redis passes here: it needs a session, a place among the calls under way, and the
/// circuit breaker's consent; it waits for its deadline at most; and it is counted.
///
/// A place is given back when Redis has answered or the session is lost, not when the caller gives
/// up: so a hung Redis is asked a bounded number of things.
///
/// The breaker opens when half of the last twenty calls failed; and at once when a call gets no
/// answer while nothing else does either. So a request that asks for several things waits for one
/// deadline, not for several.
final class RedisCalls {

  private static final Duration OPEN = Duration.ofSeconds(1);

  private final RedisSessions sessions;
  private final Duration deadline;
  private final int maxCalls;
  private final Semaphore places;
  private final CircuitBreaker breaker;
  private final TierObserver observer;
  private volatile long answeredNanos = System.nanoTime();

  RedisCalls(RedisSessions sessions, RedisSettings settings, TierObserver observer) {
    this.sessions = sessions;
    this.deadline = settings.deadline();
    this.maxCalls = settings.maxCalls();
    this.places = new Semaphore(settings.maxCalls());
    this.observer = observer;
    this.breaker =
        CircuitBreaker.of(
            "redis",
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

  /// Whether calls are being made.
  boolean isBreakerOpen() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> true;
      case CLOSED, HALF_OPEN, DISABLED, METRICS_ONLY -> false;
    };
  }

  /// Calls that Redis has not answered, given up ones included.
  long underWay() {
    return Math.max(0, maxCalls - places.availablePermits());
  }

  /// A question to Redis on one session.
  interface Question<T> extends Function<RedisSession, CompletionStage<T>> {}

  /// What an answer comes to, and what a failure does.
  ///
  /// @param key of what is asked for: it says which server is asked
  <T, R> R call(
      TierObserver.Operation operation,
      byte[] key,
      Optional<RedisSession> mustBe,
      Question<T> question,
      Function<T, R> answered,
      Function<TierFailure, R> failed) {
    long began = System.nanoTime();
    Object outcome = attempt(key, mustBe, question);
    long took = System.nanoTime() - began;
    if (outcome instanceof TierFailure failure) {
      observer.failed(operation, failure.kind(), took);
      return failed.apply(failure);
    }
    observer.answered(operation, took);
    @SuppressWarnings("unchecked") // attempt gives a failure or what the question asks for
    T answer = ((Answer<T>) outcome).value;
    return answered.apply(answer);
  }

  private record Answer<T>(T value) {}

  private <T> Object attempt(byte[] key, Optional<RedisSession> mustBe, Question<T> question) {
    Optional<RedisSession> session = sessions.session(key);
    if (session.isEmpty()) {
      return new TierFailure(TierFailure.Kind.DISCONNECTED, sessions.trouble());
    }
    if (mustBe.isPresent() && mustBe.get() != session.get()) {
      return new TierFailure(TierFailure.Kind.DISCONNECTED, "connected anew since");
    }
    if (!breaker.tryAcquirePermission()) {
      return new TierFailure(TierFailure.Kind.BREAKER_OPEN, "it failed often lately");
    }
    if (!places.tryAcquire()) {
      breaker.releasePermission();
      return new TierFailure(TierFailure.Kind.BUSY, "too many calls are under way");
    }
    return ask(session.get(), question);
  }

  private <T> Object ask(RedisSession session, Question<T> question) {
    long began = System.nanoTime();
    CompletableFuture<T> answer;
    try {
      answer = question.apply(session).toCompletableFuture();
    } catch (
        RuntimeException notSent) { // the session was closed under our hands, or its queue is full
      places.release();
      return judged(session, notSent, System.nanoTime() - began);
    }
    var _ =
        answer.whenComplete((_, failure) -> {
          places.release();
          if (failure == null || failure instanceof RedisCommandExecutionException) {
            answeredNanos = System.nanoTime();
          }
        });
    try {
      T value = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      breaker.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
      return new Answer<>(value);
    } catch (TimeoutException e) {
      breaker.onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, e);
      if (answeredNanos - began < 0) {
        openBreaker();
      }
      return new TierFailure(
          TierFailure.Kind.TIMED_OUT, "no answer in " + deadline.toMillis() + " ms");
    } catch (ExecutionException e) {
      return judged(session, causeOf(e), System.nanoTime() - began);
    } catch (CancellationException closed) {
      return judged(session, closed, System.nanoTime() - began);
    } catch (InterruptedException e) {
      breaker.releasePermission();
      Thread.currentThread().interrupt();
      return new TierFailure(TierFailure.Kind.TIMED_OUT, "interrupted");
    }
  }

  private synchronized void openBreaker() {
    switch (breaker.getState()) {
      case CLOSED, HALF_OPEN -> breaker.transitionToOpenState();
      case OPEN, FORCED_OPEN, DISABLED, METRICS_ONLY -> {}
    }
  }

  private static Throwable causeOf(ExecutionException e) {
    Throwable cause = e.getCause();
    return cause == null ? e : cause;
  }

  private TierFailure judged(RedisSession session, Throwable failure, long nanos) {
    String words = RedisSession.words(failure);
    if (failure instanceof RedisCommandExecutionException) {
      if (isOfTheServer(words)) {
        sessions.abandon(session);
        breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
        return new TierFailure(TierFailure.Kind.REFUSED, words);
      }
      if (isElsewhere(words)) {
        sessions.wasSentElsewhere();
        breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
        return new TierFailure(TierFailure.Kind.REFUSED, words);
      }
      breaker.onSuccess(nanos, TimeUnit.NANOSECONDS); // it answers
      return new TierFailure(TierFailure.Kind.REFUSED, words);
    }
    breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
    return new TierFailure(TierFailure.Kind.BROKEN, words);
  }

  /// Whether another node of the cluster has the key, or nobody for now.
  private static boolean isElsewhere(String words) {
    return words.startsWith("MOVED")
        || words.startsWith("ASK")
        || words.startsWith("TRYAGAIN")
        || words.startsWith("CLUSTERDOWN");
  }

  /// Whether the server as a whole is of no use any more: it became a replica, say.
  private static boolean isOfTheServer(String words) {
    return words.startsWith("READONLY")
        || words.startsWith("LOADING")
        || words.startsWith("MASTERDOWN")
        || words.startsWith("NOREPLICAS");
  }
}
