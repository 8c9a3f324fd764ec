package io.forebay.proxy.origin;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;

/// What is to be done on event loops that may have ended.
final class Loops {

  private Loops() {}

  /// Does it there, soon; or not at all, if the loop has ended, and its connections with it.
  static void execute(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException stopped) {
      // Nothing is left to do it to.
      return;
    }
  }
}
