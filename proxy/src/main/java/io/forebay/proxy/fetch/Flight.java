package io.forebay.proxy.fetch;

import io.forebay.cache.LoadToken;
import io.forebay.http.caching.CacheKey;
import java.util.concurrent.CompletableFuture;

/// A fetch under way, for one key and variant.
///
/// It needs no time limit of its own: the origin client ends every wait.
public final class Flight {

  private final CacheKey key;
  private volatile LoadToken<String> load;
  private final CompletableFuture<Landing> landing = new CompletableFuture<>();

  Flight(CacheKey key, LoadToken<String> load) {
    this.key = key;
    this.load = load;
  }

  public CacheKey key() {
    return key;
  }

  /// The load's token: opened before the origin was asked, or after what the request changed there
  /// was invalidated.
  public LoadToken<String> load() {
    return load;
  }

  /// Goes on with a newer load, of a flight that nobody can join.
  void begunAgain(LoadToken<String> newer) {
    load.abandon();
    load = newer;
  }

  void land(Landing result) {
    landing.complete(result);
  }

  void crash(Throwable cause) {
    landing.completeExceptionally(cause);
  }

  /// Waits for the response head; on a virtual thread.
  public Landing await() {
    return landing.join();
  }
}
