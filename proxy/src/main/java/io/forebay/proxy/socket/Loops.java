package io.forebay.proxy.socket;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// What is to be done on event loops that may have ended.
public final class Loops {

  private Loops() {}

  /// Does it there, soon; or not at all, if the loop has ended, and its connections with it.
  public static void execute(Executor loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException stopped) {
      // Nothing is left to do it to.
      return;
    }
  }
}
