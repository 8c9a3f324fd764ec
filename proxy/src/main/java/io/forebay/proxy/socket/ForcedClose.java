package io.forebay.proxy.socket;

import io.netty.channel.Channel;

/// Closes a connection at once. Asked in the usual way, Vert.x first writes what waits to be
/// written, for as long as the other side likes.
public final class ForcedClose {

  private ForcedClose() {}

  /// Idempotent.
  public static void of(Channel channel) {
    Loops.execute(channel.eventLoop(), () -> channel.unsafe().close(channel.voidPromise()));
  }
}
