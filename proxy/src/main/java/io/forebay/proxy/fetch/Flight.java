package io.forebay.proxy.fetch;

import io.forebay.http.caching.CacheKey;
import io.forebay.proxy.pages.PageLoad;
import java.util.concurrent.CompletableFuture;

/// A fetch under way, for one key and variant, and those who wait for its response head.
///
/// It needs no time limit of its own: the origin client ends every wait. When the last who waits
/// has gone before the head came, the flight is *given up*: nobody can join it any more, and the
/// origin is told. Joining, leaving and landing exclude one another:
///
/// ```
/// the last client leaves          another arrives            the head comes
/// gives the flight up
///                                 cannot join: leads anew
///                                                            lands; nobody listens, and the body,
///                                                            which the leaver cancels, is not read
/// ```
public final class Flight {

  private final CacheKey key;
  private final boolean mayBeGivenUp;
  private volatile PageLoad load;
  private final CompletableFuture<Landing> landing = new CompletableFuture<>();
  private final CompletableFuture<Void> givenUp = new CompletableFuture<>();

  // Guarded by this.
  private int waiting = 1;
  private boolean isGivenUp;

  /// @param mayBeGivenUp false when it has a purpose beside those who wait: to change something at
  ///   the origin
  Flight(CacheKey key, PageLoad load, boolean mayBeGivenUp) {
    this.key = key;
    this.load = load;
    this.mayBeGivenUp = mayBeGivenUp;
  }

  public CacheKey key() {
    return key;
  }

  /// Opened before the origin was asked, or after what the request changed there was invalidated.
  public PageLoad load() {
    return load;
  }

  /// Goes on with a newer load, of a flight that nobody can join.
  void begunAgain(PageLoad newer) {
    load.abandon();
    load = newer;
  }

  /// What became of the wish to wait too.
  enum Joined {
    WAITS,
    /// Nobody waited any more, and it ends.
    GIVEN_UP,
    CROWDED
  }

  /// One more waits for it, until it lands or he [#leave]s.
  ///
  /// @param maxFollowers beside the leader; once it has landed nobody waits, and any number may
  ///   come
  synchronized Joined join(int maxFollowers) {
    if (isGivenUp) {
      return Joined.GIVEN_UP;
    }
    if (waiting > maxFollowers && !landing.isDone()) {
      return Joined.CROWDED;
    }
    waiting++;
    return Joined.WAITS;
  }

  /// One who waited has gone.
  public void leave() {
    synchronized (this) {
      waiting--;
      isGivenUp = waiting == 0 && mayBeGivenUp && !landing.isDone();
      if (!isGivenUp) {
        return;
      }
    }
    givenUp.complete(null);
  }

  /// Completes, on some thread that must not wait, when nobody wants the answer any more.
  CompletableFuture<Void> givenUp() {
    return givenUp;
  }

  void land(Landing result) {
    landing.complete(result);
  }

  void crash(Throwable cause) {
    landing.completeExceptionally(cause);
  }

  /// The response head, for one who waits; a copy, so that he may complete it when he goes.
  public CompletableFuture<Landing> landing() {
    return landing.copy();
  }
}
