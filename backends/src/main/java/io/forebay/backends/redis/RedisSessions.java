package io.forebay.backends.redis;

import java.time.Duration;
import java.util.Optional;

/// The sessions of a tier: one, or one for each master of a Redis Cluster.
interface RedisSessions extends AutoCloseable {

  static RedisSessions open(RedisSettings settings) {
    return switch (settings.server().kind()) {
      case SINGLE, SENTINEL -> new RedisLink(settings);
      case CLUSTER -> new ClusterLinks(settings);
    };
  }

  /// The one to whose server a key belongs, if it is open.
  Optional<RedisSession> session(byte[] key);

  /// Whether all of them are open.
  boolean isConnected();

  /// Why one is not.
  String trouble();

  /// Sessions opened so far.
  long opened();

  /// Waits until all are open, no longer than `patience`.
  boolean awaitConnected(Duration patience) throws InterruptedException;

  /// Gives up a session that proved useless.
  void abandon(RedisSession useless);

  /// A server said that it is not the one for a key.
  void wasSentElsewhere();

  @Override
  void close();
}
