package io.forebay.backends.redis;

import io.forebay.backends.calls.KeptOpen;
import io.forebay.backends.calls.KeptOpen.Unusable;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One connection, to one run of one Redis server: it is never opened again by itself, so whatever
/// comes through it comes from that run. That it is a run that may be trusted was found out when it
/// was opened.
///
/// Thread-safe: commands of many threads are sent one after the other without waiting for answers.
final class RedisSession implements KeptOpen.Session {

  /// What the server and one of its runs are known by.
  ///
  /// @param id of this run of the server; another after each restart
  /// @param replication id of the history of writes; another after each failover
  record Run(String id, String replication) {

    /// Eight characters for slots.
    String shortId() {
      return id.substring(0, 8);
    }

    String whole() {
      return id + "/" + replication;
    }
  }

  /// When the server's clock said what: at some moment between sending and receiving.
  private record Reading(long serverMicros, long sentNanos, long receivedNanos) {

    private static final long TRUSTED_NANOS = Duration.ofSeconds(10).toNanos();

    /// Clocks do not run alike.
    private static final long SLACK_MICROS = 5_000;

    /// The more exact one, since a slow answer makes commands seem late; the newer one if this is
    /// old, or if the clock was set since.
    Reading or(Reading newer) {
      boolean isMoreExact =
          newer.receivedNanos - newer.sentNanos <= receivedNanos - sentNanos
              || newer.receivedNanos - receivedNanos > TRUSTED_NANOS;
      return isMoreExact || !agreesWith(newer) ? newer : this;
    }

    private boolean agreesWith(Reading newer) {
      return earliestMicros(newer.sentNanos) <= newer.serverMicros + SLACK_MICROS
          && newer.serverMicros <= latestMicros(newer.receivedNanos) + SLACK_MICROS;
    }

    long earliestMicros(long nanoTime) {
      return serverMicros + (nanoTime - receivedNanos) / 1_000;
    }

    long latestMicros(long nanoTime) {
      return serverMicros + (nanoTime - sentNanos) / 1_000;
    }
  }

  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final Run run;
  private final Duration patience;
  private volatile Reading reading;

  private RedisSession(
      StatefulRedisConnection<byte[], byte[]> connection,
      Run run,
      Duration patience,
      Reading reading) {
    this.connection = connection;
    this.run = run;
    this.patience = patience;
    this.reading = reading;
  }

  /// Opens one; waits no longer than `patience` for each step, also of a later [#check].
  static RedisSession open(RedisClient client, RedisURI uri, Duration patience)
      throws Unusable, InterruptedException {
    StatefulRedisConnection<byte[], byte[]> connection =
        connected(
            client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture(), patience);
    try {
      RedisAsyncCommands<byte[], byte[]> commands = connection.async();
      String server = await(commands.info("server"), patience, "ask its version");
      checkVersion(server);
      checkMemory(await(commands.info("memory"), patience, "ask its memory policy"));
      String replication = await(commands.info("replication"), patience, "ask its role");
      if (!field(replication, "role").equals("master")) {
        throw new Unusable("it is a replica; writes go to its master");
      }
      Run run = new Run(field(server, "run_id"), field(replication, "master_replid"));
      return new RedisSession(connection, run, patience, read(commands, patience));
    } catch (Unusable | InterruptedException | RuntimeException e) {
      var _ = connection.closeAsync();
      throw e;
    }
  }

  /// Waits for a connection; one that comes too late is closed.
  static <C extends StatefulConnection<?, ?>> C connected(
      CompletableFuture<C> opening, Duration patience) throws Unusable, InterruptedException {
    try {
      return await(opening.copy(), patience, "connect");
    } catch (Unusable | InterruptedException e) {
      var _ =
          opening.thenAccept(tooLate -> {
            var _ = tooLate.closeAsync();
          });
      throw e;
    }
  }

  private static void checkVersion(String server) throws Unusable {
    String version = field(server, "redis_version");
    if (Integer.parseInt(version.substring(0, version.indexOf('.'))) < 7) {
      throw new Unusable("it is Redis " + version + "; 7.0 or newer is needed");
    }
  }

  /// What says that a key was changed must not be evicted.
  private static void checkMemory(String memory) throws Unusable {
    String policy = field(memory, "maxmemory_policy");
    if (!field(memory, "maxmemory").equals("0") && policy.startsWith("allkeys")) {
      throw new Unusable(
          "its maxmemory-policy "
              + policy
              + " could evict the notes that keep old values out: use "
              + policy.replace("allkeys", "volatile")
              + " or noeviction");
    }
  }

  static String field(String info, String name) throws Unusable {
    for (String line : info.lines().toList()) {
      if (line.startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    throw new Unusable("INFO does not tell its " + name);
  }

  private static Reading read(RedisAsyncCommands<byte[], byte[]> commands, Duration patience)
      throws Unusable, InterruptedException {
    long sent = System.nanoTime();
    List<byte[]> time = await(commands.time(), patience, "ask its time");
    long received = System.nanoTime();
    return new Reading(
        1_000_000 * number(time.getFirst()) + number(time.getLast()), sent, received);
  }

  private static long number(byte[] digits) {
    return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
  }

  static <T> T await(Future<T> answer, Duration patience, String what)
      throws Unusable, InterruptedException {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new Unusable("no answer in " + patience.toMillis() + " ms (tried to " + what + ")");
    } catch (ExecutionException e) {
      throw new Unusable(words(e));
    }
  }

  /// What went wrong, in the words nearest to the cause.
  static String words(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null || message.isEmpty()
        ? cause.getClass().getSimpleName().toLowerCase(Locale.ROOT)
        : message;
  }

  /// Whether the server is still there, and still what it was; notes its clock on the way.
  @Override
  public void check() throws Unusable, InterruptedException {
    if (!connection.isOpen()) {
      throw new Unusable("the connection was closed");
    }
    String replication = await(connection.async().info("replication"), patience, "ask its role");
    if (!field(replication, "role").equals("master")
        || !field(replication, "master_replid").equals(run.replication)) {
      throw new Unusable("another took its place");
    }
    reading = reading.or(read(connection.async(), patience));
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  RedisAsyncCommands<byte[], byte[]> commands() {
    return connection.async();
  }

  Run run() {
    return run;
  }

  /// The server's clock, late rather than early, in microseconds since 1970.
  long latestMicros() {
    return reading.latestMicros(System.nanoTime());
  }

  /// The same, early rather than late.
  long earliestMicros() {
    return reading.earliestMicros(System.nanoTime());
  }

  @Override
  public void close() {
    var _ = connection.closeAsync();
  }
}
