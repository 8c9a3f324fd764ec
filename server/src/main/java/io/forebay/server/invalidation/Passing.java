package io.forebay.server.invalidation;

import io.forebay.server.forward.ForwardOutcome;
import io.forebay.server.forward.Forwarder;
import io.forebay.server.purge.PurgeOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// An invalidation on its way downstream: counts what every target made of its orders. Thread-safe.
final class Passing {

  /// Reasons that are remembered for a target.
  private static final int MAX_REASONS = 3;

  private final Map<String, Counts> targets = new LinkedHashMap<>();
  private final CompletableFuture<Void> ended;

  /// Guarded by itself.
  private static final class Counts {
    private int orders;
    private int delivered;
    private int failed;
    private final List<String> reasons = new ArrayList<>();

    synchronized void expect() {
      orders++;
    }

    synchronized void note(ForwardOutcome outcome) {
      switch (outcome) {
        case ForwardOutcome.Delivered _ -> delivered++;
        case ForwardOutcome.GivenUp(_, var why) -> fail(why);
        case ForwardOutcome.NotExpressible(var why) -> fail(why);
        case ForwardOutcome.QueueFull() ->
            fail("too many invalidations waited for it (forward.max_pending)");
      }
    }

    private void fail(String why) {
      failed++;
      if (reasons.size() < MAX_REASONS && !reasons.contains(why)) {
        reasons.add(why);
      }
    }

    synchronized TargetProgress asOfNow(String target) {
      return new TargetProgress(target, orders, delivered, failed, reasons);
    }
  }

  private Passing(CompletableFuture<Void> ended) {
    this.ended = ended;
  }

  /// Sends the orders on their way; waits for nothing.
  static Passing begin(Forwarder forwarder, List<PurgeOrder> orders) {
    List<CompletableFuture<?>> outcomes = new ArrayList<>();
    var ended = new CompletableFuture<Void>();
    var passing = new Passing(ended);
    for (PurgeOrder order : orders) {
      forwarder
          .forward(order)
          .forEach((target, outcome) -> {
            Counts counts = passing.targets.computeIfAbsent(target, _ -> new Counts());
            counts.expect();
            outcomes.add(outcome.thenAccept(counts::note));
          });
    }
    var _ =
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
            .thenRun(() -> ended.complete(null));
    return passing;
  }

  /// Completes when every target has made up its mind.
  CompletableFuture<Void> ended() {
    return ended;
  }

  List<TargetProgress> asOfNow() {
    return targets.entrySet().stream()
        .map(target -> target.getValue().asOfNow(target.getKey()))
        .toList();
  }
}
