package io.forebay.server.invalidation;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Counts what came by which way. Thread-safe.
public final class InvalidationFigures {

  private final Map<Source, LongAdder> operations = adders();
  private final Map<Source, LongAdder> refused = adders();
  private final LongAdder notKept = new LongAdder();

  private static Map<Source, LongAdder> adders() {
    Map<Source, LongAdder> adders = new EnumMap<>(Source.class);
    for (Source source : Source.values()) {
      adders.put(source, new LongAdder());
    }
    return adders;
  }

  void countInForce(Source source, int howMany) {
    adder(operations, source).add(howMany);
  }

  void countRefused(Source source) {
    adder(refused, source).increment();
  }

  void countNotKept() {
    notKept.increment();
  }

  private static LongAdder adder(Map<Source, LongAdder> adders, Source source) {
    return java.util.Objects.requireNonNull(adders.get(source));
  }

  /// Operations put in force.
  public long operations(Source source) {
    return adder(operations, source).sum();
  }

  /// Requests that were refused and changed nothing.
  public long refused(Source source) {
    return adder(refused, source).sum();
  }

  /// Requests in force that the log could not keep.
  public long notKept() {
    return notKept.sum();
  }
}
