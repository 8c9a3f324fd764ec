package io.forebay.proxy.listen.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.concurrent.TimeUnit;

/// How many frames a client may send that cost us an answer or a thought and carry no request:
/// pings, settings, priorities (CVE-2019-9512, CVE-2019-9515). Of one event loop.
final class ControlFrameLimit {

  static final int MAX_IN_WINDOW = 1_000;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  private long windowBegan = System.nanoTime();
  private int inWindow;

  /// One more.
  ///
  /// @throws Http2Exception that ends the connection, if it is one too many
  void count() throws Http2Exception {
    long now = System.nanoTime();
    if (now - windowBegan > WINDOW_NANOS) {
      windowBegan = now;
      inWindow = 0;
    }
    if (++inWindow > MAX_IN_WINDOW) {
      throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many control frames");
    }
  }
}
