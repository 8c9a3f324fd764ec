package io.forebay.proxy.body;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/// Where a body goes, chunk by chunk, from one virtual thread.
public interface BodySink {

  /// Hands over a chunk, and waits while the receiver is slower than the sender.
  ///
  /// @throws IOException if the receiver is gone, or took nothing for too long
  void write(Buffer chunk) throws IOException;
}
