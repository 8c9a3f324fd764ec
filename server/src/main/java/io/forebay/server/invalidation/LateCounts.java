package io.forebay.server.invalidation;

import io.forebay.cache.InvalidationReceipt;
import io.forebay.cache.Invalidations;
import io.forebay.server.audit.Admission.OpenRow;
import io.forebay.server.audit.AuditEnd;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;

/// Adds to the audit how many entries an invalidation dropped or marked, which is known once it is
/// swept and not when it is acknowledged. A thread of its own, one after the other; what does not
/// find a place in the queue stays without a count.
final class LateCounts implements AutoCloseable {

  /// A million entries take ten seconds.
  private static final Duration LONGEST_SWEEP = Duration.ofMinutes(1);

  private final Invalidations invalidations;
  private final ArrayBlockingQueue<Waiting> queue;
  private final Thread thread;

  private record Waiting(String id, OpenRow row, AuditEnd end) {}

  /// @param most rows that may wait
  LateCounts(Invalidations invalidations, int most) {
    this.invalidations = invalidations;
    this.queue = new ArrayBlockingQueue<>(most);
    this.thread = Thread.ofVirtual().name("late-counts").start(this::run);
  }

  /// @param end how the row ended, without a count
  void expect(String id, OpenRow row, AuditEnd end) {
    var _ = queue.offer(new Waiting(id, row, end));
  }

  private void run() {
    try {
      while (true) {
        Waiting next = queue.take();
        invalidations
            .await(next.id(), InvalidationReceipt.Stage.SWEPT, LONGEST_SWEEP)
            .filter(receipt -> receipt.stage() == InvalidationReceipt.Stage.SWEPT)
            .ifPresent(receipt -> amend(next, Receipt.affectedBy(receipt)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void amend(Waiting waiting, long affected) {
    AuditEnd end = waiting.end();
    waiting.row().amend(new AuditEnd(end.outcome(), end.status(), OptionalLong.of(affected)));
  }

  /// Ends at once.
  @Override
  public void close() {
    thread.interrupt();
  }
}
