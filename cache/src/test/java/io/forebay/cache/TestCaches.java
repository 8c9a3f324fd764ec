package io.forebay.cache;

import io.forebay.cache.testing.TestingTimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A cache under test with its clock and its upkeep, both moved by hand, and short words for what
/// tests say often.
final class TestCaches {

  static final Lifetime HOUR = Lifetime.of(Duration.ofHours(1));

  final TestingTimeSource time = new TestingTimeSource();
  final Upkeep upkeep = Upkeep.manual();
  final Cache<String, String> cache;

  TestCaches() {
    this(new CacheBuilder<String, String>("test").maxEntries(1_000_000));
  }

  TestCaches(CacheBuilder<String, String> builder) {
    this.cache =
        stored(builder, Packing.ofText())
            .keyText(key -> key, java.util.Optional::of)
            .timeSource(time)
            .upkeep(upkeep)
            .build();
  }

  /// With the storage that this run of the tests is for: the build runs them once for each.
  static <V> CacheBuilder<String, V> stored(CacheBuilder<String, V> builder, Packing<V> values) {
    return Boolean.getBoolean("forebay.test.packed")
        ? builder.packed(Packing.ofText(), values)
        : builder;
  }

  long put(String key, String value, String... tags) {
    return stored(cache.put(key, draft(value, HOUR, tags), Precondition.NONE));
  }

  long put(String key, String value, Lifetime lifetime) {
    return stored(cache.put(key, draft(value, lifetime), Precondition.NONE));
  }

  static long stored(WriteOutcome outcome) {
    return switch (outcome) {
      case WriteOutcome.Stored(long version, boolean _) -> version;
      case WriteOutcome.PreconditionFailed _, WriteOutcome.Refused _ ->
          throw new AssertionError("not stored: " + outcome);
    };
  }

  static Draft<String> draft(String value, Lifetime lifetime, String... tags) {
    return new Draft<>(value, lifetime, List.of(tags), Map.of());
  }

  /// The value a reader gets, or "nothing".
  String read(String key) {
    Entry<String, String> entry = cache.get(key);
    if (entry == null) {
      return "nothing";
    }
    try (entry) {
      return entry.isFresh(time.nanoTime()) ? entry.value() : "stale " + entry.value();
    }
  }

  void advance(Duration span) {
    time.advance(span);
  }

  static ByteValue bytes(String text) {
    return ByteValue.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }
}
