package io.forebay.backends.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.calls.KeptOpen;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Those of this node who wait for a load that another node does. Redis tells when it has ended.
///
/// A message may be lost with its connection, so nobody waits longer than [#LOOK] without looking
/// for himself.
final class FillWaiters implements AutoCloseable {

  /// Between looks, when no message comes.
  private static final Duration LOOK = Duration.ofMillis(500);

  private final RedisSettings settings;
  private final String channel;
  private final RedisClient client;
  private final Masters masters;
  private final ConcurrentMap<String, CountDownLatch> waiting = new ConcurrentHashMap<>();
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile @Nullable StatefulRedisPubSubConnection<String, String> connection;

  FillWaiters(RedisSettings settings, String channel) {
    this.settings = settings;
    this.channel = channel;
    this.client = RedisLink.client(settings);
    this.masters = new Masters(settings, client);
  }

  /// @param isOver asked once messages are listened to, since the load may have ended before
  void await(String slot, Duration patience, BooleanSupplier isOver) throws InterruptedException {
    CountDownLatch latch = waiting.computeIfAbsent(slot, _ -> new CountDownLatch(1));
    listen();
    Duration span = patience.compareTo(LOOK) < 0 ? patience : LOOK;
    if (isOver.getAsBoolean() || !latch.await(span.toMillis(), TimeUnit.MILLISECONDS)) {
      waiting.remove(slot, latch);
    }
  }

  /// In a cluster, what one node publishes all nodes tell. Connects if nobody has, or the
  /// connection is lost. One does it; without success the waiters look for themselves.
  private void listen() throws InterruptedException {
    if (isListening() || !connecting.tryLock()) {
      return;
    }
    try {
      if (!isListening()) {
        connection = connect();
      }
    } catch (KeptOpen.Unusable | RuntimeException withoutMessages) {
      connection = null;
    } finally {
      connecting.unlock();
    }
  }

  private boolean isListening() {
    StatefulRedisPubSubConnection<String, String> present = connection;
    return present != null && present.isOpen();
  }

  private StatefulRedisPubSubConnection<String, String> connect()
      throws KeptOpen.Unusable, InterruptedException {
    Duration patience = settings.connectTimeout();
    StatefulRedisPubSubConnection<String, String> opened =
        RedisSession.connected(
            client
                .connectPubSubAsync(StringCodec.UTF8, masters.of(channel.getBytes(UTF_8)))
                .toCompletableFuture(),
            patience);
    opened.addListener(
        new RedisPubSubAdapter<String, String>() {
          @Override
          public void message(String from, String slot) {
            ended(slot);
          }
        });
    RedisSession.await(opened.async().subscribe(channel), patience, "subscribe");
    return opened;
  }

  private void ended(String slot) {
    CountDownLatch latch = waiting.remove(slot);
    if (latch != null) {
      latch.countDown();
    }
  }

  @Override
  public void close() {
    RedisLink.shutDown(client);
  }
}
