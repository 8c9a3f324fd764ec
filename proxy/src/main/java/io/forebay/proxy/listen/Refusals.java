package io.forebay.proxy.listen;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Counts requests that were refused before anything was made of them, by the status of the answer.
/// Thread-safe.
public final class Refusals {

  private final Map<Integer, LongAdder> byStatus;

  public Refusals() {
    Map<Integer, LongAdder> counts = new HashMap<>();
    for (int status : ListenFigures.REFUSAL_STATUSES) {
      counts.put(status, new LongAdder());
    }
    byStatus = Map.copyOf(counts);
  }

  /// @param status one of [ListenFigures#REFUSAL_STATUSES]; others count as 400
  public void count(int status) {
    LongAdder count = byStatus.getOrDefault(status, byStatus.get(400));
    if (count != null) {
      count.increment();
    }
  }

  Map<Integer, Long> counts() {
    Map<Integer, Long> counts = new HashMap<>();
    byStatus.forEach((status, count) -> counts.put(status, count.sum()));
    return counts;
  }
}
