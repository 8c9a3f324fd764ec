package io.forebay.backends.file;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.MonotonicWallClock;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.TierFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The thread that makes all changes, one after the other, and those who wait for it.
///
/// **One write for many.** It takes whatever has come since its last write, decides each change by
/// what the index says and what it has just decided, appends the records, writes them (and forces
/// the disk, if that is wanted) once, and only then notes them in the index and tells the callers:
/// so nobody reads what is not there.
final class Appender {

  private static final int TOGETHER = 512;
  private static final long WAITING_BYTES = 64 << 20;

  /// Tombstones stay so much longer than a fill may take.
  private static final long SLACK_MICROS = 30_000_000;

  private final Segments segments;
  private final SlotIndex index;
  private final SegmentEnd end;
  private final FileTierSettings settings;
  private final MonotonicWallClock clock;
  private final VersionClock stamps;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();

  // Under the lock.
  private final Deque<Waiting<?>> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean closing;

  // The thread's own.
  private int boundedFor;

  /// Whether files may have values that the index does not name: those of changes that failed.
  private boolean filesKnowMore;

  Appender(
      Segments segments,
      SlotIndex index,
      SegmentEnd end,
      FileTierSettings settings,
      MonotonicWallClock clock,
      VersionClock stamps) {
    this.segments = segments;
    this.index = index;
    this.end = end;
    this.settings = settings;
    this.clock = clock;
    this.stamps = stamps;
    this.thread = Thread.ofPlatform().name("forebay-file-tier").daemon().start(this::run);
  }

  /// What a slot is known to be while changes are decided.
  ///
  /// @param expires when its value's life is over; zero for a removal
  /// @param present a value of this very key that lives
  record Known(long version, long expires, boolean present) {}

  /// A change that somebody asks for.
  interface Change<R> {

    /// Decides, by what [Changes] knows.
    R decide(Changes changes) throws IOException;
  }

  private record Waiting<R>(
      Change<R> change, int bytes, Deadline deadline, CompletableFuture<R> done) {}

  /// Puts a change into the queue.
  ///
  /// @param bytes that it keeps in memory until then
  <R> Future<R> enqueue(Change<R> change, int bytes, Deadline deadline) throws CallFailed {
    CompletableFuture<R> done = new CompletableFuture<>();
    lock.lock();
    try {
      if (closing) {
        throw new CallFailed(Kind.DISCONNECTED, "it is closed");
      }
      if (queuedBytes > WAITING_BYTES || queue.size() >= TOGETHER * 16) {
        throw new CallFailed(Kind.BUSY, "too many changes wait for the disk");
      }
      queuedBytes += bytes;
      queue.addLast(new Waiting<>(change, bytes, deadline, done));
      work.signal();
      return done;
    } finally {
      lock.unlock();
    }
  }

  // ---- the thread

  private void run() {
    for (List<Waiting<?>> together = take(); !together.isEmpty(); together = take()) {
      carryOut(together);
    }
  }

  /// What there is to do; waits for it. Empty at the end.
  private List<Waiting<?>> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        work.awaitUninterruptibly();
      }
      List<Waiting<?>> taken = new ArrayList<>();
      while (!queue.isEmpty() && taken.size() < TOGETHER) {
        Waiting<?> next = queue.removeFirst();
        queuedBytes -= next.bytes;
        taken.add(next);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void carryOut(List<Waiting<?>> together) {
    SegmentEnd.Mark mark = end.mark();
    Changes changes = new Changes();
    List<Runnable> answers = new ArrayList<>(together.size());
    try {
      for (Waiting<?> waiting : together) {
        answers.add(answer(waiting, changes));
      }
      end.flush();
      if (settings.forced() && changes.toForce) {
        end.force();
      }
      changes.inForce();
      answers.forEach(Runnable::run);
    } catch (IOException | RuntimeException e) {
      boolean takenBack = end.takeBack(mark);
      filesKnowMore = true;
      changes.hideRemoved();
      CallFailed failed = new CallFailed(takenBack ? Kind.REFUSED : Kind.BROKEN, Deadline.words(e));
      together.forEach(waiting -> waiting.done.completeExceptionally(failed));
    }
    bound();
  }

  private static <R> Runnable answer(Waiting<R> waiting, Changes changes) throws IOException {
    if (waiting.deadline.isOver()) {
      return () -> waiting.done.completeExceptionally(waiting.deadline.missed());
    }
    R result = waiting.change.decide(changes);
    return () -> waiting.done.complete(result);
  }

  /// Drops the oldest segments when another has begun.
  private void bound() {
    if (segments.next() != boundedFor) {
      boundedFor = segments.next();
      while (segments.bytes() > settings.maxBytes() - settings.segmentBytes()) {
        if (!segments.dropOldest()) {
          return;
        }
      }
    }
  }

  /// The changes that are written together.
  final class Changes {

    private final Map<Long, Noted> noted = new HashMap<>();
    private boolean toForce;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Noted(byte[] name, long place, Known known) {}

    /// What the slot of this key is.
    Optional<Known> known(long hash, byte[] name) throws IOException {
      Noted mine = noted.get(hash);
      if (mine != null) {
        boolean sameKey = Arrays.equals(mine.name, name);
        boolean present = sameKey && mine.known.present && mine.known.expires > clock.micros();
        return Optional.of(new Known(mine.known.version, mine.known.expires, present));
      }
      Optional<SlotIndex.Entry> entry = index.find(hash);
      return entry.isEmpty() ? Optional.empty() : Optional.of(known(entry.get(), name));
    }

    private Known known(SlotIndex.Entry entry, byte[] name) throws IOException {
      TierSegment segment = entry.isRemoval() ? null : segments.at(Place.segment(entry.place()));
      if (segment == null) {
        return new Known(entry.version(), 0, false);
      }
      ByteBuffer start =
          segment.read(Place.offset(entry.place()), Records.HEAD_BYTES + name.length);
      Optional<Records.Head> head =
          start.limit() < Records.HEAD_BYTES + name.length ? Optional.empty() : Records.head(start);
      boolean present =
          head.isPresent()
              && Arrays.equals(head.get().name(), name)
              && head.get().expires() > clock.micros()
              && head.get().stored() <= clock.micros();
      return new Known(entry.version(), head.map(Records.Head::expires).orElse(0L), present);
    }

    long floor() {
      return segments.floor();
    }

    /// A version greater than every one before.
    long nextVersion() {
      return stamps.next();
    }

    /// Stores a value.
    ///
    /// @param lifeMicros that it lives
    void store(
        long hash, byte[] name, ByteBuffer record, long version, long lifeMicros, boolean force)
        throws IOException {
      long now = clock.micros();
      Records.finish(record, version, now, now + lifeMicros);
      long place = end.append(record, version);
      noted.put(hash, new Noted(name, place, new Known(version, now + lifeMicros, true)));
      toForce |= force;
    }

    /// Removes what the slot holds. Where nothing is, nothing has to be written: whatever a file
    /// has of the key is followed by what took its place.
    void remove(long hash, byte[] name) throws IOException {
      long version = stamps.next();
      boolean somethingThere =
          filesKnowMore
              || noted.containsKey(hash)
              || index.find(hash).filter(entry -> !entry.isRemoval()).isPresent();
      if (somethingThere) {
        ByteBuffer record = Records.ofRemoval(name);
        Records.finish(record, version, clock.micros(), 0);
        var _ = end.append(record, version);
        toForce = true;
      }
      noted.put(hash, new Noted(name, SlotIndex.REMOVED, new Known(version, 0, false)));
    }

    private void inForce() throws IOException {
      for (Map.Entry<Long, Noted> slot : noted.entrySet()) {
        Noted change = slot.getValue();
        note(slot.getKey(), change.place, change.known.version);
      }
    }

    /// What could not be removed from the disk is at least not found any more by this process.
    private void hideRemoved() {
      noted.forEach((hash, change) -> {
        if (change.place == SlotIndex.REMOVED) {
          index.put(hash, SlotIndex.REMOVED, change.known.version);
        }
      });
    }
  }

  /// Notes a change. If there is no room for it, tombstones go that nobody needs, then all of them
  /// (and fills that began before are refused), then segments with all that is in them.
  private void note(long hash, long place, long version) throws IOException {
    if (index.put(hash, place, version)) {
      return;
    }
    purge(clock.micros() - settings.longestFill().toNanos() / 1_000 - SLACK_MICROS);
    if (index.put(hash, place, version)) {
      return;
    }
    segments.raiseFloor(stamps.next());
    purge(Long.MAX_VALUE);
    while (place != SlotIndex.REMOVED && segments.has(place) && !index.put(hash, place, version)) {
      if (!segments.dropOldest()) {
        end.begin();
      }
      purge(Long.MAX_VALUE);
    }
  }

  /// Forgets what was in segments that are gone, and tombstones of before this.
  private void purge(long tombstonesBefore) {
    index.purge((place, version) ->
        place == SlotIndex.REMOVED ? version < tombstonesBefore : !segments.has(place));
  }

  /// Carries out what is queued, and ends.
  ///
  /// @return why files may not have all of it; null if they have
  @Nullable Exception close() {
    lock.lock();
    try {
      closing = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      end.close();
      return null;
    } catch (IOException e) {
      return e;
    }
  }
}
