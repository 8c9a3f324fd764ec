package io.forebay.backends.redis;

import io.forebay.backends.calls.KeptOpen;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A [RedisSession] to one server, kept open.
///
/// Thread-safe.
final class RedisLink implements RedisSessions {

  private final RedisClient client;
  private final boolean ownsClient;
  private final KeptOpen<RedisSession> kept;

  /// To the only server, or to the one that Sentinel names at the time.
  RedisLink(RedisSettings settings) {
    this(settings, client(settings), true, settings.uris().getFirst());
  }

  /// To one server of several, by a client that is another's to close.
  RedisLink(RedisSettings settings, RedisClient client, RedisURI uri) {
    this(settings, client, false, uri);
  }

  private RedisLink(RedisSettings settings, RedisClient client, boolean ownsClient, RedisURI uri) {
    this.client = client;
    this.ownsClient = ownsClient;
    this.kept =
        new KeptOpen<>(
            "forebay-redis-link", () -> RedisSession.open(client, uri, settings.connectTimeout()));
  }

  static RedisClient client(RedisSettings settings) {
    RedisClient client = RedisClient.create();
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(4 * settings.maxCalls() + 1_024)
            .socketOptions(
                SocketOptions.builder().connectTimeout(settings.connectTimeout()).build())
            .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
            .build());
    return client;
  }

  /// Closes a client and all of its connections. Lettuce 7.7.0 now and then waits for ever for the
  /// end of threads that have ended.
  static void shutDown(RedisClient client) {
    try {
      client.shutdownAsync(0, 2, TimeUnit.SECONDS).get(4, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      return; // nothing is asked of it any more
    }
  }

  @Override
  public Optional<RedisSession> session(byte[] key) {
    return session();
  }

  @Override
  public boolean isConnected() {
    return session().isPresent();
  }

  /// There is no other.
  @Override
  public void wasSentElsewhere() {
    session().ifPresent(this::abandon);
  }

  /// The session, if there is one.
  Optional<RedisSession> session() {
    return kept.session();
  }

  @Override
  public String trouble() {
    return kept.trouble();
  }

  @Override
  public long opened() {
    return kept.opened();
  }

  @Override
  public boolean awaitConnected(Duration patience) throws InterruptedException {
    return kept.awaitSession(patience);
  }

  @Override
  public void abandon(RedisSession useless) {
    kept.abandon(useless);
  }

  @Override
  public void close() {
    kept.close();
    if (ownsClient) {
      shutDown(client);
    }
  }
}
