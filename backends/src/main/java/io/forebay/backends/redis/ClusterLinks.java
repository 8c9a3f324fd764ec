package io.forebay.backends.redis;

import io.forebay.backends.calls.KeptOpen;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A [RedisLink] to each master of a Redis Cluster, and the map that says which one a key belongs
/// to. The map is asked for every few seconds, and at once when something does not fit it.
///
/// Thread-safe.
final class ClusterLinks implements RedisSessions {

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
  private static final Duration WHILE_IN_TROUBLE = Duration.ofMillis(250);
  private static final Duration MOMENT = Duration.ofMillis(20);

  private final RedisSettings settings;
  private final RedisClient client;
  private final Masters masters;
  private final Thread thread;
  private final AtomicLong openedByClosedLinks = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock.
  private boolean closing;
  private boolean hurry;

  private volatile Seen seen = new Seen(ClusterMap.of(java.util.List.of()), Map.of());
  private volatile String trouble = "not connected yet";

  private record Seen(ClusterMap map, Map<ClusterMap.Address, RedisLink> links) {}

  ClusterLinks(RedisSettings settings) {
    this.settings = settings;
    this.client = RedisLink.client(settings);
    this.masters = new Masters(settings, client);
    this.thread = Thread.ofPlatform().name("forebay-redis-cluster").daemon().start(this::run);
  }

  @Override
  public Optional<RedisSession> session(byte[] key) {
    Seen now = seen;
    return now.map.master(SlotHash.getSlot(key)).map(now.links::get).flatMap(RedisLink::session);
  }

  @Override
  public boolean isConnected() {
    Seen now = seen;
    return !now.links.isEmpty() && now.links.values().stream().allMatch(RedisLink::isConnected);
  }

  @Override
  public String trouble() {
    Optional<String> ofOne =
        seen.links.values().stream()
            .filter(link -> !link.isConnected())
            .map(RedisLink::trouble)
            .findFirst();
    return trouble.isEmpty() ? ofOne.orElse("") : trouble;
  }

  @Override
  public long opened() {
    return openedByClosedLinks.get()
        + seen.links.values().stream().mapToLong(RedisLink::opened).sum();
  }

  @Override
  public boolean awaitConnected(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!isConnected()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(Math.min(left, MOMENT.toNanos()));
    }
    return true;
  }

  @Override
  public void abandon(RedisSession useless) {
    seen.links.values().stream()
        .filter(link -> link.session().filter(open -> open == useless).isPresent())
        .forEach(link -> link.abandon(useless));
    wasSentElsewhere();
  }

  @Override
  public void wasSentElsewhere() {
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
    try {
      do {
        look();
      } while (rest(isConnected() ? BETWEEN_LOOKS : WHILE_IN_TROUBLE));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
    seen.links.values().forEach(RedisLink::close);
  }

  private void look() throws InterruptedException {
    try {
      follow(masters.map());
      trouble = "";
    } catch (KeptOpen.Unusable e) {
      trouble = e.why();
    } catch (RuntimeException unexpected) {
      trouble = RedisSession.words(unexpected);
    }
  }

  /// Links to masters that are new, none to those that are masters no more.
  private void follow(ClusterMap map) {
    Set<ClusterMap.Address> wanted = map.masters();
    Map<ClusterMap.Address, RedisLink> links = new HashMap<>(seen.links);
    for (ClusterMap.Address address : wanted) {
      links.computeIfAbsent(address, _ -> new RedisLink(settings, client, masters.uri(address)));
    }
    Map<ClusterMap.Address, RedisLink> gone = new HashMap<>(links);
    gone.keySet().removeAll(wanted);
    links.keySet().retainAll(wanted);
    seen = new Seen(map, Map.copyOf(links));
    gone.values()
        .forEach(link -> {
          openedByClosedLinks.addAndGet(link.opened());
          link.close();
        });
  }

  /// @return false when it is over
  private boolean rest(Duration pause) throws InterruptedException {
    long began = System.nanoTime();
    lock.lock();
    try {
      while (!closing) {
        // In a hurry no faster than this, whatever is said.
        long left = began + (hurry ? MOMENT : pause).toNanos() - System.nanoTime();
        if (left <= 0) {
          break;
        }
        var _ = changed.awaitNanos(left);
      }
      hurry = false;
      return !closing;
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
    RedisLink.shutDown(client);
  }
}
