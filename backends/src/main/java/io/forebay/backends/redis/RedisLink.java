package io.forebay.backends.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps a [RedisSession] open: looks after it every second, and opens another when it is lost.
///
/// Thread-safe.
final class RedisLink implements RedisSessions {

  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final RedisSettings settings;
  private final RedisClient client;
  private final boolean ownsClient;
  private final RedisURI uri;
  private final Thread thread;
  private final AtomicLong opened = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock; the volatile ones may be read without.
  private boolean closing;
  private boolean hurry;
  private volatile @Nullable RedisSession session;
  private volatile String trouble = "not connected yet";

  /// To the only server, or to the one that Sentinel names at the time.
  RedisLink(RedisSettings settings) {
    this(settings, client(settings), true, settings.uris().getFirst());
  }

  /// To one server of several, by a client that is another's to close.
  RedisLink(RedisSettings settings, RedisClient client, RedisURI uri) {
    this(settings, client, false, uri);
  }

  private RedisLink(RedisSettings settings, RedisClient client, boolean ownsClient, RedisURI uri) {
    this.settings = settings;
    this.client = client;
    this.ownsClient = ownsClient;
    this.uri = uri;
    this.thread = Thread.ofPlatform().name("forebay-redis-link").daemon().start(this::run);
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
    RedisSession present = session;
    return present != null && present.isOpen() ? Optional.of(present) : Optional.empty();
  }

  @Override
  public String trouble() {
    return trouble;
  }

  @Override
  public long opened() {
    return opened.get();
  }

  @Override
  public boolean awaitConnected(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (session().isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return session().isPresent();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void abandon(RedisSession useless) {
    useless.close();
    lock.lock();
    try {
      hurry = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- the thread

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (true) {
      RedisSession present = session;
      try {
        if (present == null) {
          present = RedisSession.open(client, uri, settings.connectTimeout());
          opened.incrementAndGet();
          publish(present);
        } else {
          present.check(settings.connectTimeout());
        }
        pause = BETWEEN_CHECKS;
      } catch (RedisSession.Unusable e) {
        lose(present, e.why());
        pause = longer(pause);
      } catch (InterruptedException e) {
        lose(present, "closed");
        return;
      } catch (RuntimeException unexpected) {
        lose(present, RedisSession.words(unexpected));
        pause = longer(pause);
      }
      if (!rest(pause)) {
        lose(session, "closed");
        return;
      }
    }
  }

  private static Duration longer(Duration pause) {
    if (pause.compareTo(BETWEEN_CHECKS) == 0) {
      return FIRST_PAUSE;
    }
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private void publish(RedisSession opened) {
    lock.lock();
    try {
      session = opened;
      trouble = "";
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void lose(@Nullable RedisSession lost, String why) {
    if (lost != null) {
      lost.close();
    }
    lock.lock();
    try {
      session = null;
      trouble = why;
    } finally {
      lock.unlock();
    }
  }

  /// @return false when it is over
  private boolean rest(Duration pause) {
    long left = pause.toNanos();
    lock.lock();
    try {
      while (!closing && !hurry && left > 0) {
        left = changed.awaitNanos(left);
      }
      hurry = false;
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    if (ownsClient) {
      client.shutdown(0, 2, TimeUnit.SECONDS);
    }
  }
}
