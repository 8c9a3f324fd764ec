package io.forebay.proxy.tunnel;

import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;

/// Closes a connection at once. Asked in the usual way, Vert.x first writes what waits to be
/// written, for as long as the other side likes.
public final class ForcedClose {

  private ForcedClose() {}

  /// Idempotent.
  public static void of(Channel channel) {
    try {
      channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
    } catch (RejectedExecutionException stopped) {
      // The event loop has ended, and its connections with it.
      return;
    }
  }
}
