package io.forebay.server.cli;

import io.forebay.backends.redis.RedisKeys;
import io.forebay.backends.redis.RedisKeys.Found;
import io.forebay.server.api.Utf8;
import io.forebay.server.backup.BackupLines;
import io.forebay.server.caches.StoredValue;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The strings of a Redis, as lines of a backup. Their lifetimes go on where they are.
final class RedisSource implements BackupSource {

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BYTES = "application/octet-stream";

  private final RedisKeys keys;
  private final String cache;
  private final Deque<byte[]> lines = new ArrayDeque<>();
  private final Map<String, Long> otherTypes = new TreeMap<>();
  private long unnameable;
  private long tooLong;

  /// @param cache that they are for
  RedisSource(RedisKeys keys, String cache) {
    this.keys = keys;
    this.cache = cache;
    lines.add(BackupLines.header("redis", Instant.now(), Optional.empty(), List.of(cache)));
  }

  @Override
  public Optional<byte[]> next() throws IOException, InterruptedException {
    while (lines.isEmpty()) {
      try {
        Optional<List<Found>> found = keys.next();
        if (found.isEmpty()) {
          return Optional.empty();
        }
        found.get().forEach(this::take);
      } catch (RedisKeys.Failed e) {
        throw new IOException("Redis: " + e.getMessage(), e);
      }
    }
    return Optional.of(lines.removeFirst());
  }

  private void take(Found found) {
    Optional<String> key = Utf8.text(found.key());
    if (key.isEmpty() || key.get().isEmpty()) {
      unnameable++;
      return;
    }
    switch (found) {
      case Found.Value(byte[] _, byte[] value, Optional<Instant> until) -> {
        String type = Utf8.text(value).isPresent() ? TEXT : BYTES;
        lines.add(BackupLines.entry(cache, key.get(), new StoredValue(value, type), until));
      }
      case Found.OtherType(byte[] _, String type) -> otherTypes.merge(type, 1L, Long::sum);
      case Found.TooLong _ -> tooLong++;
    }
  }

  @Override
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    otherTypes.forEach(
        (type, count) -> missing.add(count + " of type " + type + ": only strings are copied"));
    if (unnameable > 0) {
      missing.add(unnameable + " under keys that are no UTF-8 text, which keys have to be here");
    }
    if (tooLong > 0) {
      missing.add(tooLong + " longer than any value here");
    }
    return missing;
  }

  @Override
  public void close() {
    keys.close();
  }
}
