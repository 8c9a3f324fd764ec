package io.forebay.backends.redis;

import io.forebay.backends.calls.KeptOpen.Unusable;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All keys of a database of a Redis that others write, for copying them: by SCAN, so each key that
/// is there all the while comes at least once. Changes nothing there.
///
/// One thread's; waits for the server.
public final class RedisKeys implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int KEYS_PER_SCAN = 500;

  /// Values are asked for together up to so many bytes, or one that is longer.
  private static final long BYTES_TOGETHER = 4 << 20;

  private final RedisClient client;
  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final ScanArgs arguments;
  private final long mostBytes;
  private @Nullable ScanCursor cursor = ScanCursor.INITIAL;
  private final Deque<Sized> waiting = new ArrayDeque<>();

  /// Something under a key.
  public sealed interface Found {

    byte[] key();

    /// A string.
    ///
    /// @param until when it ends; empty for never
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Value(byte[] key, byte[] value, Optional<Instant> until) implements Found {}

    /// @param type in Redis' words: `hash`
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record OtherType(byte[] key, String type) implements Found {}

    /// A string that is longer than was asked for.
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record TooLong(byte[] key, long bytes) implements Found {}
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Sized(byte[] key, long bytes, Optional<Instant> until) {}

  /// The server cannot be used, or not any more; the message says why.
  public static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String message) {
      super(message);
    }
  }

  private RedisKeys(
      RedisClient client,
      StatefulRedisConnection<byte[], byte[]> connection,
      ScanArgs arguments,
      long mostBytes) {
    this.client = client;
    this.connection = connection;
    this.arguments = arguments;
    this.mostBytes = mostBytes;
  }

  /// @param match only keys that match, by Redis' rules; empty for all
  /// @param mostBytes longer values are not read
  public static RedisKeys open(RedisServer server, Optional<String> match, long mostBytes)
      throws Failed, InterruptedException {
    if (server.kind() == RedisServer.Kind.CLUSTER) {
      throw new Failed("a cluster is copied master by master: name each by redis://HOST:PORT");
    }
    ScanArgs arguments = ScanArgs.Builder.limit(KEYS_PER_SCAN);
    match.ifPresent(glob -> arguments.match(glob.getBytes(StandardCharsets.UTF_8)));
    RedisSettings settings = RedisSettings.of(server, "none");
    RedisClient client = RedisLink.client(settings);
    try {
      return new RedisKeys(
          client,
          RedisSession.connected(
              client
                  .connectAsync(ByteArrayCodec.INSTANCE, server.uris().getFirst())
                  .toCompletableFuture(),
              PATIENCE),
          arguments,
          mostBytes);
    } catch (Unusable e) {
      RedisLink.shutDown(client);
      throw new Failed(e.why());
    }
  }

  /// Some more; empty when there are no more. May be a list of none.
  public Optional<List<Found>> next() throws Failed, InterruptedException {
    try {
      List<Found> found = new ArrayList<>();
      if (waiting.isEmpty()) {
        ScanCursor from = cursor;
        if (from == null) {
          return Optional.empty();
        }
        KeyScanCursor<byte[]> page = await(commands().scan(from, arguments), "scan");
        cursor = page.isFinished() ? null : page;
        look(page.getKeys(), found);
      }
      read(found);
      return Optional.of(found);
    } catch (Unusable e) {
      throw new Failed(e.why());
    }
  }

  private RedisAsyncCommands<byte[], byte[]> commands() {
    return connection.async();
  }

  private static <T> T await(RedisFuture<T> answer, String what)
      throws Unusable, InterruptedException {
    return RedisSession.await(answer, PATIENCE, what);
  }

  private void look(List<byte[]> keys, List<Found> found) throws Unusable, InterruptedException {
    List<RedisFuture<String>> types = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      types.add(commands().type(key));
    }
    List<byte[]> strings = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      String type = await(types.get(i), "ask for types");
      if (type.equals("string")) {
        strings.add(keys.get(i));
      } else if (!type.equals("none")) {
        found.add(new Found.OtherType(keys.get(i), type));
      }
    }
    measure(strings, found);
  }

  /// The moment is taken before lifetimes are asked for, so that none grows.
  private void measure(List<byte[]> strings, List<Found> found)
      throws Unusable, InterruptedException {
    Instant asked = Instant.now();
    List<RedisFuture<Long>> lengths = new ArrayList<>(strings.size());
    List<RedisFuture<Long>> lifetimes = new ArrayList<>(strings.size());
    for (byte[] key : strings) {
      lengths.add(commands().strlen(key));
      lifetimes.add(commands().pttl(key));
    }
    for (int i = 0; i < strings.size(); i++) {
      long bytes = await(lengths.get(i), "ask for lengths");
      long millis = await(lifetimes.get(i), "ask for lifetimes");
      if (bytes > mostBytes) {
        found.add(new Found.TooLong(strings.get(i), bytes));
      } else if (millis != -2) { // which is: gone meanwhile
        waiting.addLast(
            new Sized(
                strings.get(i),
                bytes,
                millis == -1 ? Optional.empty() : Optional.of(asked.plusMillis(millis))));
      }
    }
  }

  private void read(List<Found> found) throws Unusable, InterruptedException {
    List<Sized> together = new ArrayList<>();
    List<RedisFuture<byte[]>> values = new ArrayList<>();
    long bytes = 0;
    while (!waiting.isEmpty() && (together.isEmpty() || bytes < BYTES_TOGETHER)) {
      Sized next = waiting.removeFirst();
      bytes += next.bytes;
      together.add(next);
      values.add(commands().get(next.key));
    }
    for (int i = 0; i < together.size(); i++) {
      byte @Nullable [] value = await(values.get(i), "read values");
      if (value != null) {
        found.add(new Found.Value(together.get(i).key, value, together.get(i).until));
      }
    }
  }

  @Override
  public void close() {
    var _ = connection.closeAsync();
    RedisLink.shutDown(client);
  }
}
