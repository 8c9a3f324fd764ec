package io.forebay.server.forward;

import io.forebay.server.purge.PurgeOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The orders for one target, sent one after the other by a thread of its own.
final class ForwardQueue {

  private static final Logger log = LoggerFactory.getLogger(ForwardQueue.class);

  private final ForwardTarget target;
  private final ForwardSettings settings;
  private final ForwardSender sender;
  private final ArrayBlockingQueue<Waiting> queue;
  private final Thread thread;
  private final AtomicInteger underWay = new AtomicInteger();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder queueFull = new LongAdder();

  private record Waiting(
      PurgeOrder order, long sinceNanos, CompletableFuture<ForwardOutcome> outcome) {}

  ForwardQueue(ForwardTarget target, ForwardSettings settings, ForwardSender sender) {
    this.target = target;
    this.settings = settings;
    this.sender = sender;
    this.queue = new ArrayBlockingQueue<>(settings.maxPending());
    this.thread = Thread.ofVirtual().name("forward-" + target.name()).start(this::run);
  }

  ForwardTarget target() {
    return target;
  }

  CompletableFuture<ForwardOutcome> add(PurgeOrder order) {
    var outcome = new CompletableFuture<ForwardOutcome>();
    if (!queue.offer(new Waiting(order, System.nanoTime(), outcome))) {
      queueFull.increment();
      outcome.complete(new ForwardOutcome.QueueFull());
    }
    return outcome;
  }

  ForwardFigures figures() {
    return new ForwardFigures(
        (long) queue.size() + underWay.get(),
        delivered.sum(),
        failed.sum(),
        retries.sum(),
        queueFull.sum());
  }

  /// Ends at once; whatever waits is told that it was not delivered.
  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        Waiting next = queue.take();
        underWay.set(1);
        try {
          finish(next, deliver(next));
        } catch (InterruptedException e) {
          finish(next, new ForwardOutcome.GivenUp(0, "the server stopped"));
          throw e;
        } catch (RuntimeException e) {
          log.atError().setCause(e).addKeyValue("target", target).log("forwarding failed");
          finish(next, new ForwardOutcome.GivenUp(0, "an unexpected failure; the log has more"));
        } finally {
          underWay.set(0);
        }
      }
    } catch (InterruptedException e) {
      Waiting left = queue.poll();
      while (left != null) {
        finish(left, new ForwardOutcome.GivenUp(0, "the server stopped"));
        left = queue.poll();
      }
      sender.close();
      Thread.currentThread().interrupt();
    }
  }

  private void finish(Waiting waiting, ForwardOutcome outcome) {
    if (outcome instanceof ForwardOutcome.Delivered) {
      delivered.increment();
    } else {
      failed.increment();
      log.atWarn()
          .addKeyValue("target", target.name())
          .addKeyValue("outcome", outcome)
          .log("an invalidation was not passed on");
    }
    waiting.outcome().complete(outcome);
  }

  private ForwardOutcome deliver(Waiting waiting) throws InterruptedException {
    return switch (Translation.of(waiting.order(), target)) {
      case Translation.Impossible(var why) -> new ForwardOutcome.NotExpressible(why);
      case Translation.Calls(var calls) -> {
        int attempts = 1;
        for (ForwardCall call : calls) {
          ForwardOutcome outcome = deliver(call, waiting.sinceNanos());
          if (!(outcome instanceof ForwardOutcome.Delivered(int tries))) {
            yield outcome;
          }
          attempts = Math.max(attempts, tries);
        }
        yield new ForwardOutcome.Delivered(attempts);
      }
    };
  }

  private ForwardOutcome deliver(ForwardCall call, long sinceNanos) throws InterruptedException {
    Duration pause = settings.firstPause();
    for (int attempt = 1; ; attempt++) {
      Attempt result = attempt(call);
      if (result.end() == End.ACCEPTED) {
        return new ForwardOutcome.Delivered(attempt);
      }
      boolean tooLate =
          System.nanoTime() + pause.toNanos() - sinceNanos > settings.giveUpAfter().toNanos();
      if (result.end() == End.REFUSED || tooLate) {
        return new ForwardOutcome.GivenUp(attempt, result.why());
      }
      retries.increment();
      // Between half and all of the pause, so that many nodes do not come at one time.
      long nanos = pause.toNanos();
      TimeUnit.NANOSECONDS.sleep(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
      pause = pause.multipliedBy(2);
      if (pause.compareTo(settings.longestPause()) > 0) {
        pause = settings.longestPause();
      }
    }
  }

  private enum End {
    ACCEPTED,
    /// Trying again may help.
    FAILED,
    /// Trying again will not help.
    REFUSED
  }

  private record Attempt(End end, String why) {}

  private Attempt attempt(ForwardCall call) throws InterruptedException {
    try {
      ForwardSender.Reply reply = sender.send(call);
      int status = reply.status();
      boolean accepted =
          status >= 200
              && status < 300
              && !reply.body().replace(" ", "").contains("\"success\":false");
      End end =
          accepted
              ? End.ACCEPTED
              : status >= 500 || status == 408 || status == 425 || status == 429
                  ? End.FAILED
                  : End.REFUSED;
      return new Attempt(end, target.name() + " answered " + status + " to " + call);
    } catch (IOException e) {
      return new Attempt(End.FAILED, target.name() + ": " + e.getMessage());
    }
  }
}
