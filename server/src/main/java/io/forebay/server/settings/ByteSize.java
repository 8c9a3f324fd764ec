package io.forebay.server.settings;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A number of bytes, zero or more, written with its unit: `256MiB`, `8KiB`, `100B`, `2GB`.
public record ByteSize(long bytes) implements Comparable<ByteSize> {

  private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s?([A-Za-z]+)");

  private enum Unit {
    B("B", 1),
    KIB("KiB", 1L << 10),
    MIB("MiB", 1L << 20),
    GIB("GiB", 1L << 30),
    TIB("TiB", 1L << 40),
    KB("kB", 1_000),
    MB("MB", 1_000_000),
    GB("GB", 1_000_000_000),
    TB("TB", 1_000_000_000_000L);

    private final String text;
    private final long bytes;

    Unit(String text, long bytes) {
      this.text = text;
      this.bytes = bytes;
    }
  }

  private static final List<Unit> BINARY_LARGEST_FIRST =
      List.of(Unit.TIB, Unit.GIB, Unit.MIB, Unit.KIB);

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must be zero or more, was " + bytes);
    }
  }

  public static ByteSize ofMebibytes(long mebibytes) {
    return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  public static ByteSize ofKibibytes(long kibibytes) {
    return new ByteSize(Math.multiplyExact(kibibytes, 1L << 10));
  }

  /// The size that `text` writes; empty without a unit, with an unknown one, or beyond 2^63.
  public static Optional<ByteSize> parse(String text) {
    var matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (Unit unit : Unit.values()) {
      if (unit.text.equalsIgnoreCase(matcher.group(2))) {
        long count = Long.parseLong(matcher.group(1));
        return count > Long.MAX_VALUE / unit.bytes
            ? Optional.empty()
            : Optional.of(new ByteSize(count * unit.bytes));
      }
    }
    return Optional.empty();
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /// In the largest binary unit that keeps it whole; [#parse] reads it back.
  @Override
  public String toString() {
    for (Unit unit : BINARY_LARGEST_FIRST) {
      if (bytes >= unit.bytes && bytes % unit.bytes == 0) {
        return bytes / unit.bytes + unit.text;
      }
    }
    return bytes + "B";
  }
}
