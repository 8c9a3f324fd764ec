package io.forebay.proxy.origin;

import io.forebay.http.caching.StaleOnErrorDecision;
import java.util.concurrent.atomic.AtomicBoolean;

/// A place at an origin, held by one request while it is under way there, and who tells the
/// origin's health how that went.
final class Slot implements AnswerListener {

  private final Pool pool;
  private final Member member;
  private final boolean asFill;
  private final boolean isTrial;
  private final long begunIn;
  private final AtomicBoolean left = new AtomicBoolean();
  private volatile boolean hasFailed;

  Slot(Pool pool, Member member, boolean asFill, boolean isTrial) {
    this.pool = pool;
    this.member = member;
    this.asFill = asFill;
    this.isTrial = isTrial;
    this.begunIn = member.health().spell().number();
  }

  /// Whether the request is the one that tries an origin which was down.
  boolean isTrial() {
    return isTrial;
  }

  PoolSettings.Limits limits() {
    return pool.settings().limits();
  }

  Member member() {
    return member;
  }

  @Override
  public void answered(int status) {
    if (StaleOnErrorDecision.isErrorResponse(status)) {
      hasFailed = true;
      member.countErrorResponse();
      fail(Health.Cause.ERROR_RESPONSES, "it answered " + status);
    }
  }

  @Override
  public void whole() {
    if (!left.get() && !hasFailed) {
      member.health().succeeded(begunIn, pool.nanoTime());
    }
    leave();
  }

  @Override
  public void broken() {
    if (!left.get()) {
      member.countBrokenBody();
      fail(Health.Cause.UNREACHABLE, "the body of its answer broke off");
    }
    leave();
  }

  @Override
  public void unwanted() {
    leave();
  }

  /// No usable answer came.
  void failed(OriginOutcome.Failed failure) {
    member.count(failure.error());
    failure.error().cause().ifPresent(cause -> fail(cause, failure.detail()));
    leave();
  }

  private void fail(Health.Cause cause, String why) {
    member.health().failed(begunIn, pool.nanoTime(), cause, why);
  }

  /// Idempotent.
  void leave() {
    if (leaveQuietly()) {
      pool.hasRoom();
    }
  }

  /// Without a word to those who wait.
  ///
  /// @return whether it was not left before
  boolean leaveQuietly() {
    if (!left.compareAndSet(false, true)) {
      return false;
    }
    if (isTrial) {
      member.health().trialOver();
    }
    member.leave(asFill);
    return true;
  }
}
