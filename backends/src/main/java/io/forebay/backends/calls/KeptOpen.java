package io.forebay.backends.calls;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps a session open: looks after it every second, and opens another when it is lost.
///
/// Thread-safe.
public final class KeptOpen<S extends KeptOpen.Session> implements AutoCloseable {

  /// A connection that never opens again by itself.
  public interface Session extends AutoCloseable {

    /// Whether the other side is still there. Waits.
    void check() throws Unusable, InterruptedException;

    boolean isOpen();

    /// Does not wait.
    @Override
    void close();
  }

  /// Opens a session, or says why it cannot. Waits, but not for ever.
  public interface Opener<S> {
    S open() throws Unusable, InterruptedException;
  }

  /// Why a session could not be opened or kept, for the operator.
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    private final String why;
    private final boolean hopeless;

    public Unusable(String why) {
      this(why, false);
    }

    private Unusable(String why, boolean hopeless) {
      super(why);
      this.why = why;
      this.hopeless = hopeless;
    }

    /// The same, where waiting does not help: a wrong password, say.
    public static Unusable forGood(String why) {
      return new Unusable(why, true);
    }

    public String why() {
      return why;
    }

    public boolean isHopeless() {
      return hopeless;
    }
  }

  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(5);

  private final Opener<S> opener;
  private final Thread thread;
  private final AtomicLong opened = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock; the volatile ones may be read without.
  private boolean closing;
  private boolean hurry;
  private volatile @Nullable S session;
  private volatile String trouble = "not connected yet";
  private volatile boolean hopeless;

  /// Begins to open the first session, and returns at once.
  ///
  /// @param name of the thread that does it
  public KeptOpen(String name, Opener<S> opener) {
    this.opener = opener;
    this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
  }

  /// The session, if there is one.
  public Optional<S> session() {
    S present = session;
    return present != null && present.isOpen() ? Optional.of(present) : Optional.empty();
  }

  /// Why there is none.
  public String trouble() {
    return trouble;
  }

  /// Whether it will be so until somebody changes settings, here or there.
  public boolean isHopeless() {
    return hopeless;
  }

  /// Sessions opened so far.
  public long opened() {
    return opened.get();
  }

  /// Waits until there is a session, or there will be none, no longer than `patience`.
  public boolean awaitSession(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (session().isEmpty() && !hopeless && left > 0) {
        left = changed.awaitNanos(left);
      }
      return session().isPresent();
    } finally {
      lock.unlock();
    }
  }

  /// Gives up a session that proved useless.
  public void abandon(S useless) {
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
      S present = session;
      try {
        if (present == null) {
          publish(opener.open());
        } else {
          present.check();
        }
        pause = BETWEEN_CHECKS;
      } catch (Unusable e) {
        lose(present, e.why(), e.isHopeless());
        pause = longer(pause);
      } catch (InterruptedException e) {
        lose(present, "closed");
        return;
      } catch (RuntimeException unexpected) {
        lose(present, Deadline.words(unexpected));
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

  private void publish(S another) {
    lock.lock();
    try {
      session = another;
      trouble = "";
      hopeless = false;
      opened.incrementAndGet();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void lose(@Nullable S lost, String why) {
    lose(lost, why, false);
  }

  private void lose(@Nullable S lost, String why, boolean forGood) {
    if (lost != null) {
      lost.close();
    }
    lock.lock();
    try {
      session = null;
      trouble = why;
      hopeless = forGood;
      changed.signalAll();
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

  /// Closes the session, and waits for that a few seconds at most.
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
    try {
      thread.join(PATIENCE_AT_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
