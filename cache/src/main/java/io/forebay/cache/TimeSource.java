package io.forebay.cache;

import java.time.Instant;

/// Both clocks: monotonic for spans, wall for what people and protocols read. A jump of the wall
/// clock must never change how long something lives.
public interface TimeSource {

  /// The machine's clocks.
  TimeSource SYSTEM =
      new TimeSource() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }
      };

  /// Monotonic nanoseconds from an arbitrary origin; compare by difference only.
  long nanoTime();

  /// Wall-clock time.
  Instant now();
}
