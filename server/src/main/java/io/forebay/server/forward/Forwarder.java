package io.forebay.server.forward;

import io.forebay.server.purge.PurgeOrder;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Passes orders on to every target. Thread-safe; never waits.
public final class Forwarder implements AutoCloseable {

  private final List<ForwardQueue> queues;

  /// @param targets empty to pass nothing on
  public Forwarder(Vertx vertx, List<ForwardTarget> targets, ForwardSettings settings) {
    this.queues =
        targets.stream()
            .map(target ->
                new ForwardQueue(
                    target, settings, new ForwardSender(vertx, target.url(), settings.timeout())))
            .toList();
  }

  public boolean hasTargets() {
    return !queues.isEmpty();
  }

  /// Passes an order on.
  ///
  /// @return for each target by name what becomes of it there: for a receipt. Always completes,
  ///   never with an exception.
  public Map<String, CompletableFuture<ForwardOutcome>> forward(PurgeOrder order) {
    Map<String, CompletableFuture<ForwardOutcome>> outcomes = new LinkedHashMap<>();
    queues.forEach(queue -> outcomes.put(queue.target().name(), queue.add(order)));
    return outcomes;
  }

  public ForwardFigures figures() {
    return queues.stream()
        .map(ForwardQueue::figures)
        .reduce(
            new ForwardFigures(0, 0, 0, 0, 0),
            (a, b) ->
                new ForwardFigures(
                    a.pending() + b.pending(),
                    a.delivered() + b.delivered(),
                    a.failed() + b.failed(),
                    a.retries() + b.retries(),
                    a.queueFull() + b.queueFull()));
  }

  /// Ends at once; orders that wait are told that they were not delivered.
  @Override
  public void close() {
    queues.forEach(ForwardQueue::stop);
  }
}
