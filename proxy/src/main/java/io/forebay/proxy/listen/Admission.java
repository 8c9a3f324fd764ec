package io.forebay.proxy.listen;

import io.forebay.proxy.ClientExchange;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// The exchanges under way, whatever the protocol: at most so many at one time, each on a virtual
/// thread of its own.
///
/// The bound on exchanges is the only one: a thread that waits costs little, but what it holds (a
/// connection, a body's window) is limited.
public final class Admission implements FastConnection.ExchangeBound {

  private final int maxExchanges;
  private final Consumer<ClientExchange> handler;
  private final AtomicInteger underWay = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private volatile boolean stopping;

  /// @param handler answers one exchange; it is called on a virtual thread and must not throw
  Admission(int maxExchanges, Consumer<ClientExchange> handler) {
    this.maxExchanges = maxExchanges;
    this.handler = handler;
  }

  /// Whether one more may begin. If so, [#run] has to follow; if not, it is counted, and [#refusal]
  /// says why.
  public boolean admits() {
    if (!stopping) {
      if (underWay.incrementAndGet() <= maxExchanges) {
        return true;
      }
      underWay.decrementAndGet();
    }
    refused.increment();
    return false;
  }

  /// For a client that gets 503.
  String refusal() {
    return stopping ? "this proxy is stopping\n" : "too many requests under way\n";
  }

  /// Answers an exchange that was admitted.
  ///
  /// @param close called at its end, however it ended
  public void run(ClientExchange exchange, Runnable close) {
    Thread.ofVirtual()
        .name("exchange")
        .start(() -> {
          try {
            handler.accept(exchange);
          } finally {
            close.run();
            underWay.decrementAndGet();
          }
        });
  }

  @Override
  public boolean hasRoom() {
    return !stopping && underWay.get() < maxExchanges;
  }

  @Override
  public void begin() {
    underWay.incrementAndGet();
  }

  @Override
  public void end() {
    underWay.decrementAndGet();
  }

  int underWay() {
    return underWay.get();
  }

  /// Because of the bound, or because of a stop.
  long refused() {
    return refused.sum();
  }

  /// Refuses all from now on.
  void refuse() {
    stopping = true;
  }

  /// Waits for what is under way.
  ///
  /// @return how many are left after `grace`
  int await(Duration grace) {
    long deadline = System.nanoTime() + grace.toNanos();
    try {
      while (underWay.get() > 0 && System.nanoTime() - deadline < 0) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return underWay.get();
  }
}
