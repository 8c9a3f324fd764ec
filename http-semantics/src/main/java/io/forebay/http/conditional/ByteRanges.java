package io.forebay.http.conditional;

import io.forebay.http.FieldSyntax;
import io.forebay.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Range requests for bytes (RFC 9110 §14).
public final class ByteRanges {

  /// A longer set is ignored: nobody needs it, and each range costs a part of its own (§17.15).
  private static final int MAX_RANGES = 32;

  private ByteRanges() {}

  /// Bytes `from` to `to`, both included; 0 ≤ from ≤ to.
  public record ByteRange(long from, long to) {
    public long length() {
      return to - from + 1;
    }

    public boolean contains(ByteRange other) {
      return from <= other.from && other.to <= to;
    }

    public boolean overlaps(ByteRange other) {
      return from <= other.to && other.from <= to;
    }
  }

  /// What part of a representation answers a request.
  public sealed interface Selection {

    /// All of it: no `Range`, not a GET, an unknown unit, or a set so odd that it is ignored
    /// (§14.2).
    record Full() implements Selection {}

    /// One range: 206 with `Content-Range`.
    record Single(ByteRange range) implements Selection {}

    /// Several: 206 with `multipart/byteranges`, in the order asked for.
    record Multiple(List<ByteRange> ranges) implements Selection {}

    /// None lies within: 416 with `Content-Range: bytes */length`.
    record Unsatisfiable() implements Selection {}
  }

  /// Selects from a representation of `length` bytes. `If-Range` is evaluated before this, by
  /// [Preconditions].
  public static Selection select(RequestHead request, long length) {
    List<String> lines = request.fields().all("Range");
    if (!request.isGet() || lines.size() != 1) {
      return new Selection.Full();
    }
    Optional<List<RangeSpec>> specs = parse(lines.getFirst());
    if (specs.isEmpty()) {
      return new Selection.Full();
    }
    List<ByteRange> ranges =
        specs.get().stream().flatMap(spec -> spec.within(length).stream()).toList();
    return switch (ranges.size()) {
      case 0 -> new Selection.Unsatisfiable();
      case 1 -> new Selection.Single(ranges.getFirst());
      default -> isAbusive(ranges, length) ? new Selection.Full() : new Selection.Multiple(ranges);
    };
  }

  /// One member of the set (§14.1.2).
  private sealed interface RangeSpec {

    Optional<ByteRange> within(long length);

    record FromTo(long from, long to) implements RangeSpec {
      @Override
      public Optional<ByteRange> within(long length) {
        return from < length
            ? Optional.of(new ByteRange(from, Math.min(to, length - 1)))
            : Optional.empty();
      }
    }

    record Suffix(long suffixLength) implements RangeSpec {
      @Override
      public Optional<ByteRange> within(long length) {
        return suffixLength > 0 && length > 0
            ? Optional.of(new ByteRange(Math.max(0, length - suffixLength), length - 1))
            : Optional.empty();
      }
    }
  }

  /// The specs of a `Range` of bytes; empty when it is malformed, of another unit, or too long.
  private static Optional<List<RangeSpec>> parse(String value) {
    int equals = value.indexOf('=');
    if (equals < 0 || !value.substring(0, equals).equalsIgnoreCase("bytes")) {
      return Optional.empty();
    }
    List<RangeSpec> specs = new ArrayList<>();
    for (String member : FieldSyntax.listMembers(value.substring(equals + 1))) {
      Optional<RangeSpec> spec = parseSpec(member);
      if (spec.isEmpty() || specs.size() == MAX_RANGES) {
        return Optional.empty();
      }
      specs.add(spec.get());
    }
    return specs.isEmpty() ? Optional.empty() : Optional.of(specs);
  }

  private static Optional<RangeSpec> parseSpec(String member) {
    int dash = member.indexOf('-');
    if (dash < 0) {
      return Optional.empty();
    }
    String first = member.substring(0, dash);
    String last = member.substring(dash + 1);
    if (first.isEmpty()) {
      OptionalLong suffix = position(last);
      return suffix.isPresent()
          ? Optional.of(new RangeSpec.Suffix(suffix.getAsLong()))
          : Optional.empty();
    }
    OptionalLong from = position(first);
    OptionalLong to = last.isEmpty() ? OptionalLong.of(Long.MAX_VALUE) : position(last);
    if (from.isEmpty() || to.isEmpty() || from.getAsLong() > to.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(new RangeSpec.FromTo(from.getAsLong(), to.getAsLong()));
  }

  /// Digits alone; what is too large for a `long` is the largest `long`.
  static OptionalLong position(String digits) {
    if (digits.isEmpty()) {
      return OptionalLong.empty();
    }
    long position = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (!FieldSyntax.isDigit(c)) {
        return OptionalLong.empty();
      }
      boolean isTooLarge = position > (Long.MAX_VALUE - (c - '0')) / 10;
      position = isTooLarge ? Long.MAX_VALUE : position * 10 + c - '0';
    }
    return OptionalLong.of(position);
  }

  /// More than two ranges that overlap, or more bytes than the whole (§14.2, §17.15).
  private static boolean isAbusive(List<ByteRange> ranges, long length) {
    int overlapping = 0;
    long total = 0;
    for (int i = 0; i < ranges.size(); i++) {
      total += ranges.get(i).length();
      for (int j = 0; j < i; j++) {
        overlapping += ranges.get(i).overlaps(ranges.get(j)) ? 1 : 0;
      }
    }
    return overlapping > 1 || total > length;
  }
}
