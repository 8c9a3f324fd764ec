package io.forebay.backends.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.calls.KeptOpen;
import io.forebay.backends.log.RecordBytes;
import io.forebay.cache.InvalidationJournal;
import io.forebay.cache.InvalidationRecord;
import io.forebay.cache.Position;
import io.forebay.cache.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XReadArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The thread that follows the log: joins, reads records as they come, sends heartbeats, extends
/// the lease, begins an epoch when records were lost, and begins anew when the connection is lost.
///
/// ```
/// join: connect, heartbeat (begin an epoch if the log is not sound), enter the epoch, catch up
/// follow: heartbeat when due; read, waiting for records until the next heartbeat
/// ```
final class LogFollower {

  private static final int RECORDS_PER_READ = 512;
  private static final int TOLD_KEPT = 1_000;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final RedisStreamsLog log;
  private final LogScripts scripts;
  private final RedisSettings redis;
  private final FleetSettings fleet;
  private final TimeSource time;
  private final RedisClient client;
  private final Masters masters;
  private final Thread thread;
  private final AtomicLong epochs = new AtomicLong();
  private final AtomicLong gaps = new AtomicLong();
  private final AtomicLong reconnects = new AtomicLong();

  private volatile @Nullable RedisSession joined;
  private volatile String trouble = "not connected yet";
  private volatile boolean closing;
  private volatile boolean everKnew;
  private volatile long knownAtNanos;

  // The thread's own.
  private String unique = "";
  private String toldId = "0";
  private long nextBeatNanos;
  private boolean shouldTell;
  private final RecordAges ages;
  private Position trimmed = RedisStreamsLog.BEFORE_JOINING;

  /// A heartbeat whose end of the log is not in force here yet.
  private record Awaited(long sentNanos, Position tail) {}

  private @Nullable Awaited awaited;

  LogFollower(
      RedisStreamsLog log,
      LogScripts scripts,
      RedisSettings redis,
      FleetSettings fleet,
      TimeSource time) {
    this.log = log;
    this.scripts = scripts;
    this.redis = redis;
    this.fleet = fleet;
    this.time = time;
    this.client = RedisLink.client(redis);
    this.masters = new Masters(redis, client);
    this.ages = new RecordAges(fleet.keptFor());
    this.thread =
        Thread.ofPlatform().name("forebay-invalidation-log").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// The session for appending; null while this node has not joined.
  @Nullable RedisSession session() {
    RedisSession present = joined;
    return present != null && present.isOpen() ? present : null;
  }

  String trouble() {
    return trouble;
  }

  long epochs() {
    return epochs.get();
  }

  long gaps() {
    return gaps.get();
  }

  long reconnects() {
    return reconnects.get();
  }

  /// Since the moment of which this node surely knew everything.
  Optional<Duration> lag() {
    return everKnew
        ? Optional.of(Duration.ofNanos(Math.max(0, time.nanoTime() - knownAtNanos)))
        : Optional.empty();
  }

  // ---- the thread

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closing) {
      try {
        participate();
      } catch (KeptOpen.Unusable e) {
        trouble = e.why();
      } catch (InterruptedException e) {
        break;
      } catch (RuntimeException unexpected) { // a record of another version, say
        trouble = "unexpected: " + RedisSession.words(unexpected);
      }
      pause = joined != null ? FIRST_PAUSE : longer(pause);
      joined = null;
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  /// Until something fails.
  private void participate() throws KeptOpen.Unusable, InterruptedException {
    RedisURI master = masters.of(scripts.stream);
    try (RedisSession asking = open(master);
        RedisSession reading = open(master)) {
      if (!asking.run().equals(reading.run())) {
        throw new KeptOpen.Unusable("the server was restarted just now");
      }
      reconnects.incrementAndGet();
      while (!beat(asking)) {
        // An epoch has begun; look again.
      }
      joined = asking;
      trouble = "";
      if (log.pending().size() > 0) {
        nextBeatNanos = time.nanoTime(); // which enters it, and the lease needs that
      }
      try {
        follow(asking, reading);
      } finally {
        if (closing) {
          scripts.leave(asking, log.self());
        }
      }
    }
  }

  private void follow(RedisSession asking, RedisSession reading)
      throws KeptOpen.Unusable, InterruptedException {
    while (!closing) {
      long untilBeat = nextBeatNanos - time.nanoTime();
      if (untilBeat <= 0) {
        beat(asking);
      } else {
        read(reading, asking, Duration.ofNanos(untilBeat));
      }
    }
  }

  private RedisSession open(RedisURI master) throws KeptOpen.Unusable, InterruptedException {
    return RedisSession.open(client, master, redis.connectTimeout());
  }

  // ---- heartbeats

  /// @return whether the log is sound
  private boolean beat(RedisSession asking) throws KeptOpen.Unusable, InterruptedException {
    if (joined != null && log.pending().size() > 0) {
      log.flush(asking);
    }
    long sent = time.nanoTime();
    return switch (scripts.beat(asking, log.self(), log.last(), unique)) {
      case LogScripts.Beat.Sound sound -> {
        log.listed(sound.micros(), sound.nodes());
        if (sound.tail().epoch() != log.last().epoch()) {
          enter(asking, sound);
        }
        awaited = new Awaited(sent, sound.tail());
        nextBeatNanos = sent + fleet.beat().toNanos();
        extendLeaseIfCaughtUp();
        trimIfDue(asking);
        yield true;
      }
      case LogScripts.Beat.Lost lost -> {
        long least = Math.max(time.now().toEpochMilli(), log.last().epoch() + 1);
        scripts.beginEpoch(asking, lost, least, log.self() + ".e" + least);
        nextBeatNanos = sent; // whoever began it, look again at once
        yield false;
      }
    };
  }

  /// Enters an epoch that is not ours: what was loaded in ours is not trusted any more.
  private void enter(RedisSession asking, LogScripts.Beat.Sound sound)
      throws KeptOpen.Unusable, InterruptedException {
    Optional<InvalidationJournal.Summary> left =
        scripts
            .barriers(asking)
            .map(RecordBytes::readSummary)
            .filter(summary -> summary.upTo().epoch() == sound.tail().epoch());
    long n = left.isPresent() ? left.get().upTo().n() : 0;
    log.goOnAt(new Position(sound.tail().epoch(), n), left);
    unique = "";
    toldId = Math.max(0, sound.micros() / 1_000 - 1_000) + "-0";
    epochs.incrementAndGet();
  }

  /// Never before the first record of the epoch is in force, so that its fingerprint is known.
  private void extendLeaseIfCaughtUp() {
    Awaited look = awaited;
    if (look != null && log.last().compareTo(look.tail) >= 0) {
      awaited = null;
      knownAtNanos = look.sentNanos;
      everKnew = true;
      log.extendLease(look.sentNanos + fleet.lease().toNanos());
    }
  }

  /// Records give way to the barriers that are left of them, when they are many or old. Whichever
  /// node comes first does it for all.
  private void trimIfDue(RedisSession asking) throws KeptOpen.Unusable, InterruptedException {
    Position last = log.last();
    long kept = fleet.keptRecords();
    long old = ages.oldest(last, time.nanoTime()).map(Position::n).orElse(0L);
    boolean isOld = old > trimmed.n() || last.epoch() != trimmed.epoch();
    boolean isLong = last.n() >= 2 * kept && scripts.length(asking) >= 2 * kept;
    if (!isLong && (!isOld || old == 0)) {
      return;
    }
    InvalidationJournal.Summary summary = log.summary();
    Position upTo = summary.upTo();
    long firstKept = Math.max(isLong ? upTo.n() - kept + 1 : 0, old + 1);
    scripts.trim(asking, upTo, firstKept, RecordBytes.of(summary));
    trimmed = new Position(upTo.epoch(), Math.max(old, firstKept - 1));
  }

  // ---- records

  /// Reads what has come, or waits for something; puts it in force.
  private void read(RedisSession reading, RedisSession asking, Duration patience)
      throws KeptOpen.Unusable, InterruptedException {
    List<StreamMessage<byte[], byte[]>> messages = next(reading, patience);
    List<InvalidationRecord> records = new ArrayList<>();
    boolean isEmpty = true;
    for (StreamMessage<byte[], byte[]> message : messages) {
      if (Arrays.equals(message.getStream(), scripts.told)) {
        hearTold(message);
      } else {
        isEmpty = false;
        if (position(message.getId()).epoch() != log.last().epoch()) {
          nextBeatNanos = time.nanoTime(); // another began an epoch: the heartbeat enters it
          break;
        }
        take(message, records);
      }
    }
    flush(records);
    if (shouldTell) {
      tell(asking);
    }
    Awaited look = awaited;
    if (isEmpty && look != null && log.last().compareTo(look.tail) < 0) {
      missed(look.tail); // it was trimmed before we read it
    }
    extendLeaseIfCaughtUp();
  }

  /// What comes behind what we have, of both streams.
  @SuppressWarnings("unchecked") // an array of two of one type
  private List<StreamMessage<byte[], byte[]>> next(RedisSession reading, Duration patience)
      throws KeptOpen.Unusable, InterruptedException {
    XReadArgs arguments = new XReadArgs().count(RECORDS_PER_READ);
    if (patience.toMillis() > 0) {
      arguments.block(patience.toMillis());
    }
    return RedisSession.await(
        reading
            .commands()
            .xread(
                arguments,
                XReadArgs.StreamOffset.from(scripts.stream, log.last().toString()),
                XReadArgs.StreamOffset.from(scripts.told, toldId)),
        patience.plus(redis.connectTimeout()),
        "read the log");
  }

  private void take(StreamMessage<byte[], byte[]> message, List<InvalidationRecord> records) {
    Position at = position(message.getId());
    Position last = records.isEmpty() ? log.last() : records.getLast().position();
    if (at.n() != last.n() + 1) {
      flush(records);
      missed(new Position(at.epoch(), at.n() - 1));
    }
    Map<String, byte[]> fields = text(message.getBody());
    unique = new String(fields.getOrDefault("u", new byte[0]), UTF_8);
    byte[] bytes = fields.get("r");
    if (bytes == null) { // the epoch's first
      flush(records);
      log.skipTo(at);
      return;
    }
    records.add(RecordBytes.read(bytes, at));
    shouldTell |= Arrays.equals(fields.get("a"), new byte[] {'1'});
  }

  private void flush(List<InvalidationRecord> records) {
    if (!records.isEmpty()) {
      log.apply(List.copyOf(records));
      records.clear();
    }
  }

  private void missed(Position upTo) {
    gaps.incrementAndGet();
    unique = "";
    log.goOnAt(upTo, Optional.empty());
  }

  private static Position position(String id) {
    int dash = id.indexOf('-');
    return new Position(
        Long.parseLong(id.substring(0, dash)), Long.parseLong(id.substring(dash + 1)));
  }

  private static Map<String, byte[]> text(Map<byte[], byte[]> fields) {
    Map<String, byte[]> named = new HashMap<>();
    fields.forEach((name, value) -> named.put(new String(name, UTF_8), value));
    return named;
  }

  // ---- telling others

  private void tell(RedisSession asking) {
    shouldTell = false;
    Position applied = log.last();
    var _ =
        asking
            .commands()
            .xadd(
                scripts.told,
                XAddArgs.Builder.maxlen(TOLD_KEPT).approximateTrimming(),
                "n".getBytes(UTF_8),
                log.self().getBytes(UTF_8),
                "p".getBytes(UTF_8),
                applied.toString().getBytes(UTF_8));
  }

  private void hearTold(StreamMessage<byte[], byte[]> message) {
    toldId = message.getId();
    Map<String, byte[]> fields = text(message.getBody());
    byte[] node = fields.get("n");
    byte[] applied = fields.get("p");
    if (node != null && applied != null) {
      log.told(new String(node, UTF_8), position(new String(applied, UTF_8)));
    }
  }

  /// Tells the others that this node is gone, and ends.
  void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    RedisLink.shutDown(client);
  }
}
