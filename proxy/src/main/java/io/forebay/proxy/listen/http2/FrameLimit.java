package io.forebay.proxy.listen.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.concurrent.TimeUnit;

/// How many frames of a kind a client may send in a time. Of one event loop.
final class FrameLimit {

  static final int MAX_CONTROL_FRAMES = 1_000;

  /// A client that resets more streams in so many seconds means harm (CVE-2023-44487); nor do we
  /// reset more for what it sends (CVE-2025-8671).
  static final int MAX_RESETS = 200;

  static final int RESETS_SECONDS = 30;

  private final String what;
  private final int most;
  private final long windowNanos;
  private long windowBegan = System.nanoTime();
  private int inWindow;

  private FrameLimit(String what, int most, int seconds) {
    this.what = what;
    this.most = most;
    this.windowNanos = TimeUnit.SECONDS.toNanos(seconds);
  }

  /// Those that cost us an answer or a thought and carry no request: pings, settings, priorities
  /// (CVE-2019-9512, CVE-2019-9515).
  static FrameLimit ofControlFrames() {
    return new FrameLimit("control frames", MAX_CONTROL_FRAMES, 10);
  }

  /// Resets of streams that were answered already; Netty counts the others by the same bound.
  static FrameLimit ofResets() {
    return new FrameLimit("resets", MAX_RESETS, RESETS_SECONDS);
  }

  /// One more.
  ///
  /// @throws Http2Exception that ends the connection, if it is one too many
  void count() throws Http2Exception {
    long now = System.nanoTime();
    if (now - windowBegan > windowNanos) {
      windowBegan = now;
      inWindow = 0;
    }
    if (++inWindow > most) {
      throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many " + what);
    }
  }
}
