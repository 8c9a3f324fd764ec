package io.forebay.server.audit;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// Makes ids of rows: UUIDs of version 7 (RFC 9562 §5.7) as text, whose order is that of time.
/// Within a process each is greater than the one before, also if the wall clock steps back.
/// Thread-safe.
final class RowIds {

  /// Bits of the counter within a millisecond.
  private static final int COUNTER_BITS = 12;

  private final SecureRandom random = new SecureRandom();
  private final AtomicLong last = new AtomicLong();

  String next(Instant now) {
    long earliest = now.toEpochMilli() << COUNTER_BITS;
    long stamp = last.updateAndGet(before -> Math.max(before + 1, earliest));
    return text(stamp, random.nextLong());
  }

  /// The least id of that millisecond: a bound for queries.
  static String least(Instant instant) {
    return text(Math.max(0, instant.toEpochMilli()) << COUNTER_BITS, 0);
  }

  private static String text(long stamp, long tail) {
    long millis = stamp >>> COUNTER_BITS;
    long counter = stamp & ((1 << COUNTER_BITS) - 1);
    return "%08x-%04x-7%03x-%04x-%012x"
        .formatted(
            millis >>> 16,
            millis & 0xffff,
            counter,
            0x8000 | ((tail >>> 48) & 0x3fff),
            tail & 0xffff_ffff_ffffL);
  }
}
