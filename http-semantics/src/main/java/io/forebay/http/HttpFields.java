package io.forebay.http;

import java.util.ArrayList;
import java.util.Arrays;
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

  private static final FieldLine[] NO_LINES = {};
  private static final HttpFields NONE = new HttpFields(NO_LINES);

  /// Never changed.
  private final FieldLine[] lines;

  private HttpFields(FieldLine[] lines) {
    this.lines = lines;
  }

  private static HttpFields ofFirst(FieldLine[] lines, int count) {
    if (count == 0) {
      return NONE;
    }
    return new HttpFields(count == lines.length ? lines : Arrays.copyOf(lines, count));
  }

  /// No fields.
  public static HttpFields none() {
    return NONE;
  }

  /// These lines, in this order.
  public static HttpFields of(List<FieldLine> lines) {
    return lines.isEmpty() ? NONE : new HttpFields(lines.toArray(NO_LINES));
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
    return new Builder(new FieldLine[16], 0);
  }

  public Builder toBuilder() {
    return new Builder(Arrays.copyOf(lines, lines.length + 4), lines.length);
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
    FieldLine[] more = Arrays.copyOf(lines, lines.length + 1);
    more[lines.length] = new FieldLine(name, value);
    return new HttpFields(more);
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
    FieldLine[] kept = new FieldLine[lines.length];
    int count = 0;
    for (FieldLine line : lines) {
      if (!unwanted.test(line)) {
        kept[count++] = line;
      }
    }
    return count == lines.length ? this : ofFirst(kept, count);
  }

  public List<FieldLine> lines() {
    return List.of(lines);
  }

  public Stream<FieldLine> stream() {
    return Arrays.stream(lines);
  }

  public boolean isEmpty() {
    return lines.length == 0;
  }

  public int size() {
    return lines.length;
  }

  @Override
  public Iterator<FieldLine> iterator() {
    return Arrays.asList(lines).iterator();
  }

  /// Same lines in the same order, names and values exactly as they are.
  @Override
  public boolean equals(Object other) {
    return other instanceof HttpFields fields && Arrays.equals(lines, fields.lines);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(lines);
  }

  @Override
  public String toString() {
    return Arrays.toString(lines);
  }

  /// Collects lines. Not thread-safe.
  public static final class Builder {

    private FieldLine[] lines;
    private int count;

    private Builder(FieldLine[] lines, int count) {
      this.lines = lines;
      this.count = count;
    }

    /// One more line at the end.
    public Builder add(String name, String value) {
      return add(new FieldLine(name, value));
    }

    public Builder add(FieldLine line) {
      if (count == lines.length) {
        lines = Arrays.copyOf(lines, 2 * count + 4);
      }
      lines[count++] = line;
      return this;
    }

    public Builder addAll(HttpFields fields) {
      for (FieldLine line : fields.lines) {
        add(line);
      }
      return this;
    }

    /// One line of that name, in the place of the first there was.
    public Builder set(String name, String value) {
      int place = 0;
      while (place < count && !lines[place].isNamed(name)) {
        place++;
      }
      if (place == count) {
        return add(name, value);
      }
      lines[place] = new FieldLine(name, value);
      removeFrom(place + 1, name);
      return this;
    }

    public Builder remove(String name) {
      removeFrom(0, name);
      return this;
    }

    private void removeFrom(int from, String name) {
      int kept = from;
      for (int i = from; i < count; i++) {
        if (!lines[i].isNamed(name)) {
          lines[kept++] = lines[i];
        }
      }
      count = kept;
    }

    public HttpFields build() {
      return count == 0 ? NONE : new HttpFields(Arrays.copyOf(lines, count));
    }
  }
}
