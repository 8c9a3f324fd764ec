package io.forebay.server.cli;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// How far something has come, on one line of standard error that is written again and again; only
/// if a person looks.
final class Progress {

  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Terminal terminal;
  private final long beganNanos = System.nanoTime();
  private long shownNanos = beganNanos - BETWEEN_NANOS;
  private boolean isShown;

  Progress(Terminal terminal) {
    this.terminal = terminal;
  }

  /// @param entries so far
  /// @param bytes so far
  void show(long entries, long bytes) {
    long now = System.nanoTime();
    if (!terminal.isWatched() || now - shownNanos < BETWEEN_NANOS) {
      return;
    }
    shownNanos = now;
    isShown = true;
    double seconds = Math.max(0.001, (now - beganNanos) / 1e9);
    terminal
        .err()
        .print(
            String.format(
                Locale.ROOT,
                "\r%,d entries, %,.1f MB, %,.0f entries/s   ",
                entries,
                bytes / 1e6,
                entries / seconds));
    terminal.err().flush();
  }

  /// Leaves the line to whatever comes next.
  void end() {
    if (isShown) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
    }
  }
}
