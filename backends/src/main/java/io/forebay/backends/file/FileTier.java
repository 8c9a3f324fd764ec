package io.forebay.backends.file;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.GuardedCalls;
import io.forebay.backends.calls.MonotonicWallClock;
import io.forebay.cache.Precondition;
import io.forebay.cache.VersionClock;
import io.forebay.cache.tier.FillStart;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierCondition;
import io.forebay.cache.tier.TierFailure.Kind;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierObserver;
import io.forebay.cache.tier.TierObserver.Operation;
import io.forebay.cache.tier.TierRead;
import io.forebay.cache.tier.TierRemoval;
import io.forebay.cache.tier.TierValue;
import io.forebay.cache.tier.TierWrite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Files as a tier. Records are appended to segments and never changed; an index in memory says
/// where each key's last one is; the oldest segment goes with all that is in it.
///
/// Versions and the tickets of fills are numbers of one sequence: a fill is stored if its ticket is
/// greater than the version that is there, and its ticket becomes the slot's version. Of what was
/// dropped only the greatest version is remembered, and fills that began before it are refused.
///
/// Changes wait for one thread, and at most for the deadline. A read is made by its caller, so a
/// disk that hangs holds up those who were just reading; then the breaker lets others by.
public final class FileTier implements Tier {

  private static final int REMOVED_TOGETHER = 256;

  private final FileTierSettings settings;
  private final GuardedCalls calls;
  private final FileChannel lock;
  private final KeyHash hash;
  private final Segments segments;
  private final SlotIndex index;
  private final Appender appender;
  private final MonotonicWallClock clock;
  private final VersionClock stamps;
  private final Recovery.Found found;
  private final boolean distrusted;
  private final AtomicLong damaged = new AtomicLong();

  private FileTier(FileTierSettings settings, TierObserver observer, Disk disk, FileChannel lock)
      throws IOException {
    this.settings = settings;
    this.lock = lock;
    Path folder = settings.folder();
    FolderState state = FolderState.read(folder);
    this.hash = new KeyHash(state.seed());
    this.distrusted = !state.trusted() && !Recovery.numbers(folder).isEmpty();
    if (distrusted) {
      for (int number : Recovery.numbers(folder)) {
        Files.delete(TierSegment.path(folder, number));
      }
    }
    if (settings.forced()) {
      force(folder, disk);
    }
    FolderState.open(folder, state.seed(), settings.forced());
    this.segments = new Segments(folder);
    this.index = new SlotIndex(settings.maxEntries());
    this.found = Recovery.recover(segments, index, hash);
    this.clock = new MonotonicWallClock();
    this.stamps = new VersionClock(clock);
    stamps.observe(found.greatestVersion());
    this.appender =
        new Appender(
            segments, index, new SegmentEnd(segments, disk, settings), settings, clock, stamps);
    this.calls = new GuardedCalls("file", settings.deadline(), observer);
  }

  /// What an earlier process wrote may not be on the disk yet, if it did not force it.
  private static void force(Path folder, Disk disk) throws IOException {
    for (int number : Recovery.numbers(folder)) {
      try (Disk.End found = disk.append(TierSegment.path(folder, number))) {
        found.force();
      }
    }
  }

  /// Opens the folder and reads what is in it.
  ///
  /// @throws IOException if it cannot be used, or another process uses it
  public static FileTier open(FileTierSettings settings, TierObserver observer) throws IOException {
    return open(settings, observer, Disk.REAL);
  }

  static FileTier open(FileTierSettings settings, TierObserver observer, Disk disk)
      throws IOException {
    Files.createDirectories(settings.folder());
    FileChannel lock = FolderState.lock(settings.folder());
    try {
      return new FileTier(settings, observer, disk, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  public boolean isBreakerOpen() {
    return calls.isBreakerOpen();
  }

  /// What it holds and what it had to do.
  public FileFigures figures() {
    return new FileFigures(
        segments.bytes(),
        index.size(),
        segments.dropped(),
        found.damaged() + damaged.get(),
        found.newer(),
        found.tornBytes(),
        distrusted);
  }

  @Override
  public TierCondition condition() {
    FileFigures now = figures();
    return new TierCondition(
        true,
        calls.breaker(),
        OptionalLong.of(now.bytes()),
        OptionalLong.of(now.entries()),
        calls.underWay(),
        Optional.empty(),
        Map.of(
            "segments_dropped", now.dropped(),
            "records_damaged", now.damaged(),
            "segments_newer", now.newer()));
  }

  @Override
  public String kind() {
    return "file";
  }

  @Override
  public Set<Ability> abilities() {
    return EnumSet.of(Ability.COMPARE_AND_SET, Ability.DURABLE);
  }

  @Override
  public Duration deadline() {
    return settings.deadline();
  }

  @Override
  public Duration longestFill() {
    return settings.longestFill();
  }

  @Override
  public Duration longestLife() {
    return settings.longestLife();
  }

  // ---- reading

  @Override
  public TierRead read(TierKey key) {
    return calls.call(Operation.READ, _ -> read(Records.name(key)), TierRead.Unavailable::new);
  }

  private TierRead read(byte[] name) throws CallFailed {
    Optional<SlotIndex.Entry> entry = index.find(hash.of(name));
    if (entry.isEmpty() || entry.get().isRemoval()) {
      return new TierRead.Absent();
    }
    long place = entry.get().place();
    TierSegment segment = segments.at(Place.segment(place));
    if (segment == null) {
      return new TierRead.Absent();
    }
    try {
      Optional<ByteBuffer> record = record(segment, place);
      return record.isEmpty()
          ? damagedAt(segment)
          : value(segment, record.get(), name, entry.get().version());
    } catch (ClosedByInterruptException e) {
      throw new CallFailed(Kind.TIMED_OUT, "interrupted");
    } catch (ClosedChannelException dropped) {
      return new TierRead.Absent();
    } catch (IOException e) {
      throw new CallFailed(Kind.BROKEN, Deadline.words(e));
    }
  }

  /// The bytes of one record; empty if there is none.
  private Optional<ByteBuffer> record(TierSegment segment, long place) throws IOException {
    int offset = Place.offset(place);
    ByteBuffer first = segment.read(offset, Place.firstBytes(place));
    Optional<Integer> length = Records.length(first, 0, settings.segmentBytes());
    if (length.isEmpty() || length.get() <= first.limit()) {
      return length.map(first::limit);
    }
    ByteBuffer whole = segment.read(offset, length.get());
    return whole.limit() < length.get() ? Optional.empty() : Optional.of(whole);
  }

  private TierRead value(TierSegment segment, ByteBuffer record, byte[] name, long version) {
    Optional<Records.Head> head = Records.intact(record);
    if (head.isEmpty()) {
      return damagedAt(segment);
    }
    if (!Arrays.equals(head.get().name(), name) || head.get().version() != version) {
      return new TierRead.Absent(); // another key of the same hash
    }
    Optional<TierValue> value = Records.value(record, head.get());
    long now = clock.micros();
    if (value.isEmpty() || now >= head.get().expires() || now < head.get().stored()) {
      return new TierRead.Absent(); // its life is over, or the clock was set back
    }
    Duration age = Duration.ofNanos((now - head.get().stored()) * 1_000);
    return new TierRead.Found(value.get(), version, age);
  }

  private TierRead damagedAt(TierSegment segment) {
    if (segments.at(segment.number()) == segment) { // else it was dropped while we read
      damaged.incrementAndGet();
    }
    return new TierRead.Absent();
  }

  // ---- filling

  /// @param stamp the greatest version given when the fill began, and its own
  private record Ticket(TierKey key, long stamp, long beganNanos) implements FillStart.Ticket {}

  @Override
  public FillStart beginFill(TierKey key, boolean exclusive) {
    return calls.call(
        Operation.BEGIN_FILL,
        _ -> new FillStart.Granted(new Ticket(key, stamps.next(), System.nanoTime())),
        FillStart.Unavailable::new);
  }

  @Override
  public TierWrite fill(FillStart.Ticket ticket, TierValue value) {
    Ticket ours = (Ticket) ticket;
    byte[] name = Records.name(ours.key);
    Optional<ByteBuffer> written = record(name, value);
    if (written.isEmpty()) {
      return new TierWrite.TooLarge();
    }
    long slot = hash.of(name);
    ByteBuffer record = written.get();
    Appender.Change<TierWrite> change =
        changes -> {
          Optional<Appender.Known> known = changes.known(slot, name);
          long took = System.nanoTime() - ours.beganNanos;
          if (changes.floor() >= ours.stamp
              || known.map(Appender.Known::version).orElse(0L) >= ours.stamp
              || took > settings.longestFill().toNanos()) {
            return new TierWrite.Overtaken();
          }
          changes.store(slot, name, record, ours.stamp, lifeMicros(value), false);
          return new TierWrite.Stored(
              ours.stamp, known.filter(Appender.Known::present).isPresent());
        };
    return calls.call(
        Operation.FILL,
        deadline -> deadline.await(appender.enqueue(change, record.capacity(), deadline)),
        TierWrite.Unavailable::new);
  }

  /// The value's record, but for version and times; empty if it is too large.
  private Optional<ByteBuffer> record(byte[] name, TierValue value) {
    int most = settings.segmentBytes() / 4;
    if (value.bytes().length > most) {
      return Optional.empty();
    }
    return Optional.of(Records.ofValue(name, value)).filter(record -> record.capacity() <= most);
  }

  private long lifeMicros(TierValue value) {
    Duration life = value.lifetime().fresh().plus(value.lifetime().stale());
    return life.toNanos() / 1_000;
  }

  @Override
  public void abandon(FillStart.Ticket ticket) {
    // A ticket is a number.
  }

  @Override
  public void awaitFill(TierKey key, Duration patience) {
    // Fills take no turns here.
  }

  // ---- writing

  @Override
  public TierWrite write(TierKey key, TierValue value, Precondition precondition, long proposed) {
    byte[] name = Records.name(key);
    Optional<ByteBuffer> written = record(name, value);
    if (written.isEmpty()) {
      return new TierWrite.TooLarge();
    }
    long slot = hash.of(name);
    ByteBuffer record = written.get();
    Appender.Change<TierWrite> change =
        changes -> {
          OptionalLong present = present(changes.known(slot, name));
          if (!holds(precondition, present)) {
            return new TierWrite.PreconditionFailed(present);
          }
          long version = changes.nextVersion();
          changes.store(slot, name, record, version, lifeMicros(value), true);
          return new TierWrite.Stored(version, present.isPresent());
        };
    return calls.call(
        Operation.WRITE,
        deadline -> deadline.await(appender.enqueue(change, record.capacity(), deadline)),
        TierWrite.Unavailable::new);
  }

  private static OptionalLong present(Optional<Appender.Known> known) {
    return known.isPresent() && known.get().present()
        ? OptionalLong.of(known.get().version())
        : OptionalLong.empty();
  }

  private static boolean holds(Precondition precondition, OptionalLong present) {
    return switch (precondition) {
      case Precondition.None() -> true;
      case Precondition.Absent() -> present.isEmpty();
      case Precondition.Present() -> present.isPresent();
      case Precondition.VersionIn(Set<Long> versions) ->
          present.isPresent() && versions.contains(present.getAsLong());
    };
  }

  // ---- removing

  @Override
  public TierRemoval remove(TierKey key, Precondition precondition) {
    byte[] name = Records.name(key);
    long slot = hash.of(name);
    Appender.Change<TierRemoval> change =
        changes -> {
          OptionalLong present = present(changes.known(slot, name));
          if (!holds(precondition, present)) {
            return new TierRemoval.PreconditionFailed(present);
          }
          changes.remove(slot, name);
          return present.isPresent()
              ? new TierRemoval.Removed(present.getAsLong())
              : new TierRemoval.Absent();
        };
    return calls.call(
        Operation.REMOVE,
        deadline -> deadline.await(appender.enqueue(change, name.length, deadline)),
        TierRemoval.Unavailable::new);
  }

  /// A few hundred at a time.
  @Override
  public Set<TierKey> removeAll(Collection<TierKey> keys) {
    Set<TierKey> failed = new HashSet<>();
    List<TierKey> every = List.copyOf(keys);
    for (int from = 0; from < every.size(); from += REMOVED_TOGETHER) {
      List<TierKey> some = every.subList(from, Math.min(every.size(), from + REMOVED_TOGETHER));
      failed.addAll(removeTogether(some));
    }
    return failed;
  }

  private Set<TierKey> removeTogether(List<TierKey> keys) {
    List<byte[]> names = new ArrayList<>(keys.size());
    keys.forEach(key -> names.add(Records.name(key)));
    Appender.Change<Set<TierKey>> change =
        changes -> {
          for (byte[] name : names) {
            changes.remove(hash.of(name), name);
          }
          return Set.of();
        };
    return calls.call(
        Operation.REMOVE,
        deadline -> deadline.await(appender.enqueue(change, 64 * names.size(), deadline)),
        _ -> Set.copyOf(keys));
  }

  /// Carries out what was asked for, and forces all of it to the disk.
  @Override
  public void close() {
    Exception trouble = appender.close();
    try {
      for (TierSegment segment : segments.all()) {
        segment.force();
      }
      if (trouble == null) {
        FolderState.closed(settings.folder(), hash.seed());
      }
    } catch (IOException e) {
      // The state says that it was not closed, and that decides when it is opened again.
    } finally {
      segments.close();
      closeLock();
    }
  }

  private void closeLock() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
