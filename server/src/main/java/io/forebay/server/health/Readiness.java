package io.forebay.server.health;

import java.util.Locale;

/// Whether this node takes traffic. Goes one way: starting, ready, stopping. Thread-safe.
public final class Readiness {

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

  public void ready() {
    state = State.READY;
  }

  public void stopping() {
    state = State.STOPPING;
  }
}
