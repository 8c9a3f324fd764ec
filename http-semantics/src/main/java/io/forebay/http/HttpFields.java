package io.forebay.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The field lines of one header or trailer section, in the order received (RFC 9110 §5.3).
///
/// Immutable. Names are compared without case; values are byte-exact, one `char` per byte. Look-ups
/// walk the lines: a message has few, and nothing is allocated but the answer.
public final class HttpFields implements Iterable<FieldLine> {

  private static final HttpFields NONE = new HttpFields(List.of());

  private final List<FieldLine> lines;

  private HttpFields(List<FieldLine> lines) {
    this.lines = lines;
  }

  /// No fields.
  public static HttpFields none() {
    return NONE;
  }

  /// These lines, in this order.
  public static HttpFields of(List<FieldLine> lines) {
    return lines.isEmpty() ? NONE : new HttpFields(List.copyOf(lines));
  }

  /// `name, value, name, value, …` in this order.
  public static HttpFields of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a name without a value: " + List.of(namesAndValues));
    }
    Builder builder = builder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  public static Builder builder() {
    return new Builder(new ArrayList<>());
  }

  public Builder toBuilder() {
    return new Builder(new ArrayList<>(lines));
  }

  /// The value of the first line of that name.
  public Optional<String> first(String name) {
    for (FieldLine line : lines) {
      if (line.isNamed(name)) {
        return Optional.of(line.value());
      }
    }
    return Optional.empty();
  }

  /// The values of all lines of that name, in order; empty when there is none.
  public List<String> all(String name) {
    List<String> values = List.of();
    for (FieldLine line : lines) {
      if (line.isNamed(name)) {
        if (values.isEmpty()) {
          values = new ArrayList<>(2);
        }
        values.add(line.value());
      }
    }
    return values;
  }

  /// The field's value: all its lines joined with ", " (RFC 9110 §5.3).
  public Optional<String> combined(String name) {
    List<String> values = all(name);
    return switch (values.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(values.getFirst());
      default -> Optional.of(String.join(", ", values));
    };
  }

  public boolean contains(String name) {
    for (FieldLine line : lines) {
      if (line.isNamed(name)) {
        return true;
      }
    }
    return false;
  }

  /// These fields and one more line at the end.
  public HttpFields with(String name, String value) {
    return toBuilder().add(name, value).build();
  }

  /// These fields with all lines of that name replaced by one, in the first one's place.
  public HttpFields withReplaced(String name, String value) {
    return toBuilder().set(name, value).build();
  }

  /// These fields without the lines of that name.
  public HttpFields without(String name) {
    return contains(name) ? without(line -> line.isNamed(name)) : this;
  }

  /// These fields without the lines of any of these names.
  public HttpFields without(Collection<String> names) {
    return names.isEmpty() ? this : without(line -> isOneOf(names, line));
  }

  private static boolean isOneOf(Collection<String> names, FieldLine line) {
    for (String name : names) {
      if (line.isNamed(name)) {
        return true;
      }
    }
    return false;
  }

  /// These fields without the lines that match.
  public HttpFields without(Predicate<FieldLine> unwanted) {
    List<FieldLine> kept = new ArrayList<>(lines.size());
    for (FieldLine line : lines) {
      if (!unwanted.test(line)) {
        kept.add(line);
      }
    }
    return kept.size() == lines.size() ? this : of(kept);
  }

  public List<FieldLine> lines() {
    return lines;
  }

  public Stream<FieldLine> stream() {
    return lines.stream();
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  public int size() {
    return lines.size();
  }

  @Override
  public Iterator<FieldLine> iterator() {
    return lines.iterator();
  }

  /// Same lines in the same order, names and values exactly as they are.
  @Override
  public boolean equals(Object other) {
    return other instanceof HttpFields fields && lines.equals(fields.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  @Override
  public String toString() {
    return lines.toString();
  }

  /// Collects lines. Not thread-safe.
  public static final class Builder {

    private final List<FieldLine> lines;

    private Builder(List<FieldLine> lines) {
      this.lines = lines;
    }

    /// One more line at the end.
    public Builder add(String name, String value) {
      lines.add(new FieldLine(name, value));
      return this;
    }

    public Builder add(FieldLine line) {
      lines.add(line);
      return this;
    }

    public Builder addAll(HttpFields fields) {
      lines.addAll(fields.lines);
      return this;
    }

    /// One line of that name, in the place of the first there was.
    public Builder set(String name, String value) {
      int place = 0;
      while (place < lines.size() && !lines.get(place).isNamed(name)) {
        place++;
      }
      lines.removeIf(line -> line.isNamed(name));
      lines.add(place, new FieldLine(name, value));
      return this;
    }

    public Builder remove(String name) {
      lines.removeIf(line -> line.isNamed(name));
      return this;
    }

    public HttpFields build() {
      return of(lines);
    }
  }
}
