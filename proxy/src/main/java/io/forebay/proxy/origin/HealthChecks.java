package io.forebay.proxy.origin;

import io.forebay.http.HttpFields;
import io.forebay.http.RequestHead;
import io.forebay.proxy.body.BodySource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Asks each origin of a pool, at an interval, whether it is well. A check takes no place from
/// requests, and closes its connection, so that it shows that a new one can be had.
final class HealthChecks implements AutoCloseable {

  private final Pool pool;
  private final CheckSettings settings;
  private final OriginClient client;
  private final Semaphore wake = new Semaphore(0);
  private final Set<Member> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  HealthChecks(Pool pool, CheckSettings settings, OriginClient client) {
    this.pool = pool;
    this.settings = settings;
    this.client = client;
  }

  CheckSettings settings() {
    return settings;
  }

  void start() {
    Thread.ofVirtual().name("checks of " + pool.settings().name()).start(this::run);
  }

  private void run() {
    while (!isClosed) {
      for (Member member : pool.members().all()) {
        if (underWay.add(member)) {
          Thread.ofVirtual().name("check").start(() -> check(member));
        }
      }
      try {
        var _ = wake.tryAcquire(settings.interval().toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void check(Member member) {
    try {
      OriginOutcome outcome = ask(member);
      if (isClosed) {
        return;
      }
      switch (outcome) {
        case OriginOutcome.Answered(var head, var body, var _, var _) -> {
          body.cancel();
          if (settings.expects(head.status())) {
            member.checkPassed(settings, pool.nanoTime());
          } else {
            failed(member, Health.Cause.ERROR_RESPONSES, "a check got " + head.status());
          }
        }
        case OriginOutcome.Failed(var error, var detail) ->
            failed(
                member,
                Health.Cause.UNREACHABLE,
                "a check failed: " + error.token() + ": " + detail);
      }
    } finally {
      underWay.remove(member);
    }
  }

  private void failed(Member member, Health.Cause cause, String why) {
    member.checkFailed(settings, pool.nanoTime(), cause, why);
  }

  private OriginOutcome ask(Member member) {
    Origin origin = member.origin();
    String host = settings.host().orElseGet(origin::authority);
    RequestHead head =
        new RequestHead(
            "GET",
            origin.tls() ? "https" : "http",
            host,
            settings.path(),
            HttpFields.of("User-Agent", "forebay-check", "Connection", "close"));
    Duration each = settings.timeout();
    return client
        .send(
            member,
            new OriginTimeouts(each, each, each),
            new OriginClient.Sending(head, BodySource.EMPTY, _ -> {}, new CompletableFuture<>()),
            AnswerListener.NOBODY)
        .outcome();
  }

  @Override
  public void close() {
    isClosed = true;
    wake.release();
  }
}
