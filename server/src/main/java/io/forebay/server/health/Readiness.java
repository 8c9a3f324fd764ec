package io.forebay.server.health;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/// Whether this node takes traffic. Goes one way: starting, ready, stopping. Thread-safe.
public final class Readiness {

  private final Map<String, BooleanSupplier> alarms = new ConcurrentSkipListMap<>();
  private volatile State state = State.STARTING;

  /// Where the node is in its life.
  public enum State {
    STARTING,
    READY,
    STOPPING;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public State state() {
    return state;
  }

  public boolean isReady() {
    return state == State.READY;
  }

  /// Watches something whose failure the operator has to hear of although traffic is taken.
  public void watch(String alarm, BooleanSupplier raised) {
    alarms.put(alarm, raised);
  }

  /// The alarms raised at present, by name.
  public List<String> alarms() {
    return alarms.entrySet().stream()
        .filter(alarm -> alarm.getValue().getAsBoolean())
        .map(Map.Entry::getKey)
        .toList();
  }

  public void ready() {
    state = State.READY;
  }

  public void stopping() {
    state = State.STOPPING;
  }
}
