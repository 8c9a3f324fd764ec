package io.forebay.backends.behind;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.calls.CallFailed;
import io.forebay.backends.calls.Deadline;
import io.forebay.backends.calls.MachineRun;
import io.forebay.backends.log.Frames;
import io.forebay.cache.tier.TierFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps records in a folder of its own: files that are only written at their end, the oldest of
/// which go once nothing in them has to be done any more.
///
/// **One write for many.** A thread of its own takes whatever has come since its last write, writes
/// all of that, and forces the disk once, if that is wanted.
///
/// **A disk that fails.** What was to be written together is cut off again, and its callers are
/// told that it has not happened; if it cannot be cut off, that it may have.
///
/// Thread-safe. One process at a time may have a folder open.
final class WriteJournal implements AutoCloseable {

  private static final int TOGETHER = 1_024;

  /// Opens a file for writing at its end; a seam, so that tests can have a full disk.
  interface Opening {
    Opening REAL =
        file ->
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);

    FileChannel open(Path file) throws IOException;
  }

  private final WriteBehindSettings settings;
  private final Opening opening;
  private final FileChannel lockFile;
  private final JournalFiles.Found found;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();

  // Under the lock.
  private final Deque<Waiting> queue = new ArrayDeque<>();

  /// What has still to be done of each file.
  private final TreeMap<Integer, Integer> live = new TreeMap<>();

  private boolean tidyDue;
  private boolean closing;

  // The thread's own.
  private FileChannel end;
  private long endBytes;
  private boolean broken;
  private volatile int current;
  private final AtomicLong olderBytes;

  private record Waiting(List<JournalRecord> records, CompletableFuture<Integer> done) {}

  private WriteJournal(WriteBehindSettings settings, Opening opening, FileChannel lockFile)
      throws IOException {
    this.settings = settings;
    this.opening = opening;
    this.lockFile = lockFile;
    this.found = JournalFiles.read(settings.folder(), isTrusted(settings.folder()));
    found.pending().forEach((pending, file) -> live.merge(file, 1, Integer::sum));
    found.files().forEach(file -> live.putIfAbsent(file, 0));
    this.olderBytes = new AtomicLong(found.bytes());
    this.current = live.isEmpty() ? 1 : live.lastKey() + 1;
    this.end = opening.open(JournalFiles.path(settings.folder(), current));
    live.put(current, 0);
    if (settings.forced()) {
      forceFound();
    }
    noteState(settings);
    this.thread =
        Thread.ofPlatform().name("forebay-write-behind-journal").daemon().start(this::run);
  }

  static WriteJournal open(WriteBehindSettings settings, Opening opening) throws IOException {
    Files.createDirectories(settings.folder());
    FileChannel lockFile = lock(settings.folder().resolve("lock"));
    try {
      return new WriteJournal(settings, opening, lockFile);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ours) {
      // Another journal of this process has it: the same answer.
    }
    channel.close();
    throw new IOException(file + " is locked: another process uses this folder");
  }

  // ---- the run of the machine

  /// Whether the files end with what was written last: not if they were not forced, and the machine
  /// ended since.
  private static boolean isTrusted(Path folder) throws IOException {
    Path file = folder.resolve("state");
    if (!Files.exists(file)) {
      return true;
    }
    String state = Files.readString(file, UTF_8).strip();
    return state.equals("forced") || Optional.of(state).equals(MachineRun.id());
  }

  /// What an earlier process wrote may not be on the disk yet, if it did not force it.
  private void forceFound() throws IOException {
    for (int file : found.files()) {
      try (FileChannel written = opening.open(JournalFiles.path(settings.folder(), file))) {
        written.force(false);
      }
    }
  }

  private static void noteState(WriteBehindSettings settings) throws IOException {
    String state = settings.forced() ? "forced" : MachineRun.id().orElse("unknown");
    Path prepared = settings.folder().resolve("state.new");
    Files.writeString(prepared, state + "\n", UTF_8);
    try (FileChannel channel = FileChannel.open(prepared, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(prepared, settings.folder().resolve("state"), StandardCopyOption.ATOMIC_MOVE);
    JournalFiles.forceFolder(settings.folder());
  }

  /// What was in it when it was opened.
  JournalFiles.Found found() {
    return found;
  }

  // ---- callers

  /// Adds records, together and in this order.
  ///
  /// @return completed once they are kept, with the file that they are in; fails with a
  ///   [CallFailed]
  CompletableFuture<Integer> append(List<JournalRecord> records) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    lock.lock();
    try {
      if (closing) {
        done.completeExceptionally(new CallFailed(Kind.DISCONNECTED, "it is closed"));
      } else {
        queue.addLast(new Waiting(records, done));
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    return done;
  }

  /// One record of a file, of something to be done, does not matter any more.
  void release(int file) {
    lock.lock();
    try {
      live.computeIfPresent(file, (_, count) -> count - 1);
      if (live.size() > 1 && live.firstEntry().getValue() == 0) {
        tidyDue = true;
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The oldest file, if there are so many that what has still to be done of it should be written
  /// again.
  Optional<Integer> crowded() {
    if (olderBytes.get() < 3 * settings.maxBytes()) {
      return Optional.empty();
    }
    lock.lock();
    try {
      return live.size() > 1 ? Optional.of(live.firstKey()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  // ---- the thread

  private void run() {
    while (true) {
      List<Waiting> together = take();
      if (!together.isEmpty()) {
        write(together);
      }
      tidy();
      if (together.isEmpty() && isClosing()) {
        return;
      }
    }
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing && queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// What there is to write; waits for it, or for something else to do.
  private List<Waiting> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !tidyDue && !closing) {
        work.awaitUninterruptibly();
      }
      tidyDue = false;
      List<Waiting> taken = new ArrayList<>();
      while (!queue.isEmpty() && taken.size() < TOGETHER) {
        taken.add(queue.removeFirst());
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Waiting> together) {
    long mark = endBytes;
    try {
      if (broken || endBytes >= settings.segmentBytes()) {
        begin();
        mark = 0;
      }
      int toDo = 0;
      for (Waiting waiting : together) {
        for (JournalRecord record : waiting.records) {
          ByteBuffer frame = Frames.wrap(record.bytes());
          while (frame.hasRemaining()) {
            endBytes += end.write(frame);
          }
          toDo += record instanceof JournalRecord.ToDo ? 1 : 0;
        }
      }
      if (settings.forced()) {
        end.force(false);
      }
      alive(toDo);
      int file = current;
      together.forEach(waiting -> waiting.done.complete(file));
    } catch (IOException | RuntimeException e) {
      Kind kind = takenBack(mark) ? Kind.REFUSED : Kind.BROKEN;
      CallFailed failed =
          new CallFailed(kind, "the journal cannot be written: " + Deadline.words(e));
      together.forEach(waiting -> waiting.done.completeExceptionally(failed));
    }
  }

  private void alive(int more) {
    lock.lock();
    try {
      live.merge(current, more, Integer::sum);
    } finally {
      lock.unlock();
    }
  }

  private boolean takenBack(long mark) {
    try {
      end.truncate(mark);
      end.force(true);
      endBytes = mark;
      return true;
    } catch (IOException e) {
      broken = true;
      return false;
    }
  }

  /// Begins another file.
  private void begin() throws IOException {
    int next = current + 1;
    FileChannel another = opening.open(JournalFiles.path(settings.folder(), next));
    if (settings.forced()) {
      JournalFiles.forceFolder(settings.folder());
    }
    end.close();
    lock.lock();
    try {
      live.put(next, 0);
    } finally {
      lock.unlock();
    }
    olderBytes.addAndGet(endBytes);
    end = another;
    endBytes = 0;
    current = next;
    broken = false;
  }

  /// Deletes the oldest files, as long as nothing in them has still to be done: so a record that
  /// says that something is settled never goes before what it is about.
  private void tidy() {
    Integer oldest = finished();
    while (oldest != null) {
      try {
        Path file = JournalFiles.path(settings.folder(), oldest);
        long bytes = Files.size(file);
        Files.delete(file);
        olderBytes.addAndGet(-bytes);
      } catch (IOException e) {
        return; // It is tried again after the next write.
      }
      lock.lock();
      try {
        live.remove(oldest);
      } finally {
        lock.unlock();
      }
      oldest = finished();
    }
  }

  private @Nullable Integer finished() {
    lock.lock();
    try {
      return live.size() > 1 && live.firstEntry().getValue() <= 0 ? live.firstKey() : null;
    } finally {
      lock.unlock();
    }
  }

  /// Keeps what has been added, and lets go of the folder.
  @Override
  public void close() {
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
    try {
      end.close();
      lockFile.close();
    } catch (IOException nothingIsLost) {
      // Whatever was acknowledged is in the file.
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
