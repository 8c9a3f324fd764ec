package io.forebay.server;

import io.forebay.cache.Cache;
import io.forebay.server.compat.ForeignSystem.Door;
import io.forebay.server.pages.PageProxy;
import io.forebay.server.reload.ReloadOutcome;
import io.forebay.server.settings.HostAndPort;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// A server that has been started. Thread-safe.
public final class RunningServer implements AutoCloseable {

  private final HostAndPort apiAddress;
  private final Map<Door, HostAndPort> doors;
  private final Optional<PageProxy.Addresses> proxyAddresses;
  private final Optional<Cache<String, ?>> pages;
  private final Function<String, ReloadOutcome> reload;
  private final Runnable stopSequence;
  private final AtomicBoolean stopOrdered = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /// @param reload reads the settings again; told why
  /// @param stopSequence finishes what is under way within the grace and frees everything
  RunningServer(
      HostAndPort apiAddress,
      Map<Door, HostAndPort> doors,
      Optional<PageProxy.Addresses> proxyAddresses,
      Optional<Cache<String, ?>> pages,
      Function<String, ReloadOutcome> reload,
      Runnable stopSequence) {
    this.pages = pages;
    this.apiAddress = apiAddress;
    this.doors = Map.copyOf(doors);
    this.proxyAddresses = proxyAddresses;
    this.reload = reload;
    this.stopSequence = stopSequence;
  }

  /// In use, with the port that the system chose for port 0.
  public HostAndPort apiAddress() {
    return apiAddress;
  }

  /// Further ports of the API, for clients of other systems.
  public Map<Door, HostAndPort> doors() {
    return doors;
  }

  /// Empty if the proxy is off.
  public Optional<HostAndPort> proxyAddress() {
    return proxyAddresses.map(PageProxy.Addresses::plain);
  }

  /// Where the proxy takes encrypted requests; empty if it does not.
  public Optional<HostAndPort> proxyTlsAddress() {
    return proxyAddresses.flatMap(PageProxy.Addresses::tls);
  }

  /// The proxy's pages; empty if it is off.
  public Optional<Cache<String, ?>> pages() {
    return pages;
  }

  /// Reads the settings again and takes over what can change; may wait for the file.
  ///
  /// @param why for the log
  public ReloadOutcome reload(String why) {
    return reload.apply(why);
  }

  /// Stops gracefully; returns when all is done, also to a second caller.
  public void stop() {
    if (stopOrdered.compareAndSet(false, true)) {
      try {
        stopSequence.run();
      } finally {
        stopped.countDown();
      }
    } else {
      try {
        stopped.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Waits until somebody has stopped it.
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /// As [#awaitStopped()], at most so long.
  ///
  /// @return whether it has been stopped
  public boolean awaitStopped(Duration atMost) throws InterruptedException {
    return stopped.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    stop();
  }
}
